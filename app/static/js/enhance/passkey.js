// A form that only a passkey can fill: asks the server what to sign, lets the phone sign, and sends the answer
// as the form it is. Shown only where it can work. base64url is done by hand: older phones can't do it for us.

import { ask, calm, toBytes, toText } from "../app.js";

const LIMIT_MS = 90_000; // for the person too: finding the finger, or the code to the phone

const fromUrl = (text) => toBytes(text.replace(/-/g, "+").replace(/_/g, "/"));
const toUrl = (buffer) => toText(buffer).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const known = (list) => list?.map((one) => ({ ...one, id: fromUrl(one.id) }));

/** The server's options as the browser wants them: bytes for text. */
const asBytes = (options) => ({
  ...options,
  challenge: fromUrl(options.challenge),
  ...(options.user && { user: { ...options.user, id: fromUrl(options.user.id) } }),
  ...(options.user && { extensions: { ...options.extensions, prf: {} } }), // so that it can lock: see sealed.js
  excludeCredentials: known(options.excludeCredentials),
  allowCredentials: known(options.allowCredentials),
});

/** The phone's answer as text. */
const asText = ({ id, type, rawId, response }) => {
  const said = { transports: response.getTransports?.() ?? [] };
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[part]) said[part] = toUrl(response[part]);
  }
  return JSON.stringify({ id, type, rawId: toUrl(rawId), response: said });
};

/** Which of the form's sentences fits what went wrong. */
const sentence = ({ name }) => {
  if (name === "TypeError") return "lost"; // fetch: no line
  if (name === "InvalidStateError") return "known";
  if (name === "SecurityError") return "elsewhere";
  return name === "Later" ? "later" : "refused";
};

export default (form) => {
  const { dataset } = form;
  const field = form.elements.credential;
  const said = form.querySelector("[role=status]");
  if (!globalThis.PublicKeyCredential || !navigator.credentials) {
    form.nextElementSibling.hidden = false; // what to do instead
    return;
  }
  let running = null;

  const sign = async (signal) => {
    const asked = await ask(dataset.options, { method: "POST", signal });
    if (!asked.ok) throw Object.assign(new Error(), { name: "Later" });
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
      said.textContent = dataset[sentence(problem)] ?? dataset.refused;
      calm(form);
    } finally {
      clearTimeout(timer);
    }
  });
  addEventListener("pageshow", () => { field.value = ""; });
  form.hidden = false;
};
