// The way in with an invitation. A link carries its secret after "#", which is never sent: it goes into the form,
// and out of the address, so that the next one at this phone doesn't find it. A tap sends it, not the opening.

const SECRET_LENGTH = 22; // 128 bits; "#code" is a place on the page

export default (form) => {
  if (!globalThis.PublicKeyCredential) {
    form.nextElementSibling.hidden = false; // what to do instead
    return;
  }
  const takeSecret = () => {
    const secret = location.hash.slice(1);
    if (secret.length < SECRET_LENGTH) return;
    history.replaceState(null, "", location.pathname);
    form.elements.link.value = secret;
    form.querySelector("[data-typed]").hidden = true;
    form.querySelector("[data-linked]").hidden = false;
  };
  takeSecret();
  addEventListener("hashchange", takeSecret);
  form.hidden = false;
};
