// A form that only a passkey can fill: asks the server what to sign, lets the phone sign, and sends the answer
// as the form it is. Shown only where it can work. base64url is done by hand: older phones can't do it for us.

import { ask, calm, toBytes, toText } from "../app.js";

const LIMIT_MS = 90_000; // for the person too: finding the finger, or the code to the phone

const IN_AN_APP = /AppleWebKit(?!.*Safari\/)|; wv\)/; // every browser says Safari, and Android's of apps says wv

const fromUrl = (text) => toBytes(text.replace(/-/g, "+").replace(/_/g, "/"));
const toUrl = (buffer) => toText(buffer).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** The server's options as the browser wants them: bytes for text. */
const asBytes = ({ challenge, user, excludeCredentials, ...options }) => ({
  ...options,
  challenge: fromUrl(challenge),
  ...(user && {
    user: { ...user, id: fromUrl(user.id) },
    excludeCredentials: excludeCredentials.map((one) => ({ ...one, id: fromUrl(one.id) })),
    extensions: { prf: {} }, // so that it can lock: see sealed.js
  }),
});

/** The phone's answer as text. */
const asText = ({ id, type, rawId, response }) => {
  const said = { transports: response.getTransports?.() ?? [] };
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[part]) said[part] = toUrl(response[part]);
  }
  return JSON.stringify({ id, type, rawId: toUrl(rawId), response: said });
};

// Which of the form's sentences fits what went wrong; TypeError is fetch's: no line.
const SENTENCES = { TypeError: "lost", InvalidStateError: "known", SecurityError: "elsewhere", Later: "later" };

export default (form) => {
  const { dataset } = form;
  const field = form.elements.credential;
  const said = form.querySelector("[role=status]");
  if (!globalThis.PublicKeyCredential || !navigator.credentials) {
    // What to do instead. Inside another app (Facebook's, a mail's) the phone may be as new as any.
    const [old, inside] = form.parentElement.querySelectorAll("[data-without]");
    (!navigator.standalone && IN_AN_APP.test(navigator.userAgent) ? inside : old).hidden = false;
    return;
  }
  let running = null;

  const sign = async (signal) => {
    const asked = await ask(dataset.options, { method: "POST", signal });
    if (!asked.ok) throw new DOMException("", "Later");
    const publicKey = asBytes(await asked.json());
    const make = Boolean(publicKey.user);
    return navigator.credentials[make ? "create" : "get"]({ publicKey, signal });
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    running?.abort(); // a second tap begins again
    const mine = running = new AbortController();
    const timer = setTimeout(() => mine.abort(), LIMIT_MS);
    said.textContent = "";
    try {
      field.value = asText(await sign(mine.signal));
      form.submit();
    } catch (problem) {
      if (running !== mine) return;
      said.textContent = dataset[SENTENCES[problem.name]] ?? dataset.refused;
      calm(form);
    } finally {
      clearTimeout(timer);
    }
  });
  addEventListener("pageshow", () => { field.value = ""; });
  form.hidden = false;
};
