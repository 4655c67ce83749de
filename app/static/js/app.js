// What every page gains: one tap is one sending, a swap is told and keeps focus, Escape twice leaves; and each
// [data-enhance="name"] is improved by ./enhance/name.js. Without it the page still works. What those share (the status
// line, the phone's store, the line to the server) is here too and costs no request of its own.

const HEADING = "h1[tabindex], h2[tabindex], h3[tabindex]";
const LEAVE_WITHIN_MS = 600;
const TRY_AGAIN_AFTER_MS = 10_000;
const LIMIT_MS = 30_000; // a line that is silent this long is none
const OURS = "Enplan";

const status = document.getElementById("status");

/** Say `words` in the page's one status line, over the page: nothing moves. */
export const tell = (words) => {
  status.dataset.state = "told";
  status.firstElementChild.textContent = words;
};

/** The phone's store, or null where it is blocked. */
export const store = (() => {
  try { return localStorage; } catch { return null; }
})();

export const toBytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
export const toText = (buffer) => btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""));

/** The name of one sending: the server takes it once. */
export const newKey = () => crypto.getRandomValues(new Uint32Array(4)).join("").padEnd(32, 0).slice(0, 32);

export const cookie = (name) => document.cookie.match(`(?:^|; )${name}=([^;]*)`)?.[1] ?? "";

/** Ask the server. What doesn't bear our mark is no answer: a gateway said it, and that is as good as no line. */
export const ask = async (path, options) => {
  const limit = new AbortController();
  setTimeout(() => limit.abort(), LIMIT_MS);
  const answer = await fetch(path, { signal: limit.signal, ...options });
  if (!answer.headers.has(OURS)) throw new TypeError();
  return answer;
};

/** Let go of what has arrived: the server names the sending that is done, and what is kept begins with its key. */
export const letGo = () => {
  const sent = cookie("gemt");
  if (!sent || !store) return;
  for (const [name, kept] of Object.entries(store)) if (kept.startsWith(`${sent} `)) store.removeItem(name);
  document.cookie = "gemt=; Path=/; Max-Age=0; SameSite=Lax";
};

export const calm = (form) => {
  for (const element of [form, ...form.querySelectorAll("[data-state=sending]")]) delete element.dataset.state;
};

/** The button stays a button: a second tap on a form that is on its way does nothing. */
const sendOnce = (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.state === "sending") {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.state = "sending";
  if (event.submitter) event.submitter.dataset.state = "sending";
  setTimeout(calm, TRY_AGAIN_AFTER_MS, form);
};

/** Tell what happened, and put focus where the reader goes on: the error, or the heading of what happened if focus was lost. */
const afterSwap = ({ target: region }) => {
  const told = region.closest("[data-status]") ?? region.querySelector("[data-status]");
  if (told) tell(told.dataset.status);
  if (region.querySelector("[autofocus]")) return;
  const wrong = region.querySelector("[aria-invalid=true]");
  const lost = !document.activeElement || document.activeElement === document.body;
  if (wrong) wrong.focus();
  else if (lost) (region.matches(HEADING) ? region : (told ?? region).querySelector(HEADING))?.focus();
};

/** Every time is Danish. Where this phone's clock is another at that moment, the words beside it say so. */
const tellZone = () => {
  for (const note of document.querySelectorAll("[data-zone]")) {
    const at = note.dataset.zone || note.closest("time").dateTime; // ends as +01:00
    note.hidden = Number(at.slice(-5, -3)) * 60 === -new Date(at).getTimezoneOffset();
  }
};

const { body } = document;
tellZone();
document.addEventListener("htmx:afterSettle", tellZone);
document.addEventListener("submit", sendOnce, true);
addEventListener("pageshow", () => body.querySelectorAll("form[data-state=sending]").forEach(calm));
body.addEventListener("htmx:beforeRequest", () => tell(""));
body.addEventListener("htmx:afterRequest", ({ target }) => { if (target.matches("form")) calm(target); });
body.addEventListener("htmx:sendError", () => tell(status.dataset.offline));
body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.xhr.getResponseHeader(OURS)) return;
  detail.shouldSwap = false; // the words must stand
  detail.requestConfig.elt.dispatchEvent(new CustomEvent("htmx:sendError", { bubbles: true, detail }));
});
body.addEventListener("htmx:afterSettle", afterSwap);

const link = body.querySelector("[data-leave]");
const leave = () => location.replace(link.href); // so that "back" does not come here again
let last = -Infinity;
link?.addEventListener("click", (event) => { event.preventDefault(); leave(); });
addEventListener("keydown", ({ key, timeStamp }) => {
  if (!link || key !== "Escape") return;
  if (timeStamp - last < LEAVE_WITHIN_MS) leave();
  last = timeStamp;
});

const enhance = () => {
  for (const element of document.querySelectorAll("[data-enhance]:not([data-enhanced])")) {
    element.dataset.enhanced = "";
    import(`./enhance/${element.dataset.enhance}.js`).then((module) => module.default(element));
  }
};
enhance();
document.addEventListener("htmx:afterSwap", enhance);
