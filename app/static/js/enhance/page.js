// What every page gains, on <body>: one tap is one sending, a swap is told and keeps focus, Escape twice leaves.
// It imports nothing: what the others share (the status line, the phone's store) is here and costs no request of its own.

const HEADING = "h1[tabindex], h2[tabindex], h3[tabindex]";
const LEAVE_WITHIN_MS = 600;
const TRY_AGAIN_AFTER_MS = 10_000;
const SENT = /(?:^|; )gemt=([0-9a-f-]+)/;

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

/** Let go of the words that have arrived: the server names the sending. */
export const letGo = () => {
  const sent = document.cookie.match(SENT)?.[1];
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

export default (body) => {
  tellZone();
  document.addEventListener("htmx:afterSettle", tellZone);
  document.addEventListener("submit", sendOnce, true);
  addEventListener("pageshow", () => body.querySelectorAll("form[data-state=sending]").forEach(calm));
  body.addEventListener("htmx:beforeRequest", () => tell(""));
  body.addEventListener("htmx:afterRequest", ({ target }) => { if (target.matches("form")) calm(target); });
  body.addEventListener("htmx:sendError", () => tell(status.dataset.offline));
  body.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.xhr.status < 500 || detail.serverResponse.includes('id="indhold"')) return;
    detail.shouldSwap = false; // not our page: something between us failed, and the words must stand
    tell(status.dataset.offline);
  });
  body.addEventListener("htmx:afterSettle", afterSwap);

  const link = body.querySelector("[data-leave]");
  if (!link) return;
  const leave = () => location.replace(link.href); // so that "back" does not come here again
  let last = -Infinity;
  link.addEventListener("click", (event) => { event.preventDefault(); leave(); });
  addEventListener("keydown", ({ key, timeStamp }) => {
    if (key !== "Escape") return;
    if (timeStamp - last < LEAVE_WITHIN_MS) leave();
    last = timeStamp;
  });
};
