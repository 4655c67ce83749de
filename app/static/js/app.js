// What every page gains: a quick way off, one tap is one sending, a swap is told and keeps focus; and [data-enhance=name]
// is improved by ./enhance/name.js. Without it the page still works. What those share is here and costs no request.

const HEADING = "h1[tabindex], h2[tabindex], h3[tabindex]";
const LEAVE_WITHIN_MS = 600;
const LEFT_AFTER_MS = 2000;
const TRY_AGAIN_AFTER_MS = 10_000;
const LIMIT_MS = 30_000; // a line that is silent this long is none
const OURS = "Enplan";
export const cookie = (name) => document.cookie.match(`(?:^|; )${name}=([^;]*)`)?.[1] ?? "";

// First, so that nothing below can hinder it: the page is blank and the sign-in over, by a cookie if this finds no line.
// A home screen's app opens other sites beside itself, and is then found at its door. Without this the form is sent.
const { body, documentElement: root } = document;
const way = root.querySelector("[data-leave]");
const leave = () => {
  root.replaceChildren();
  for (const set of ["vaek=1", "inde=; Max-Age=0"]) document.cookie = `${set}; Path=/; SameSite=Lax`;
  fetch(way.action, { method: "POST", keepalive: true, redirect: "manual" }).catch(() => {});
  location.replace(way.dataset.leave); // so that "back" does not come here again
  if (matchMedia("(display-mode: standalone)").matches) setTimeout(() => location.replace("/"), LEFT_AFTER_MS);
  for (const name of ["kontakt", "moeder"]) store?.removeItem(name); // unsent words stay: they are sealed
};
way?.addEventListener("submit", (event) => { event.preventDefault(); leave(); });
let last = -Infinity;
addEventListener("keydown", ({ key, timeStamp }) => {
  if (!way || key !== "Escape") return;
  if (timeStamp - last < LEAVE_WITHIN_MS) leave();
  last = timeStamp;
});

// From a browser's memory a page comes for the sign-in it was made for alone, whatever that engine keeps over http.
const signIn = cookie("inde");
addEventListener("pagehide", () => { root.style.visibility = "hidden"; });
addEventListener("pageshow", ({ persisted }) => {
  if (persisted && cookie("inde") !== signIn) return location.reload();
  root.style.visibility = "";
  body.querySelectorAll("form[data-state=sending]").forEach(calm);
});

const status = document.getElementById("status");
/** Say `words` in the page's one status line, over the page: nothing moves. */
export const tell = (words) => {
  status.dataset.state = "told";
  status.firstElementChild.textContent = words;
};

/** The phone's store, or null where it is blocked. */
export const store = (() => { try { return localStorage; } catch { return null; } })();
export const toBytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
export const toText = (buffer) => btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""));

/** Ask the server. What doesn't bear our mark is no answer: a gateway said it, and that is as good as no line. */
export const ask = async (path, options) => {
  const limit = new AbortController();
  setTimeout(() => limit.abort(), LIMIT_MS);
  const answer = await fetch(path, { signal: limit.signal, ...options });
  if (!answer.headers.has(OURS)) throw new TypeError();
  return answer;
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
    return event.stopImmediatePropagation();
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
  if (wrong) wrong.focus();
  else if ([null, body].includes(document.activeElement)) (region.matches(HEADING) ? region : (told ?? region).querySelector(HEADING))?.focus();
};

/** Every time is Danish. Where this phone's clock is another at that moment, the words beside it say so. */
const tellZone = () => document.querySelectorAll("[data-zone]").forEach((note) => {
  const at = note.dataset.zone || note.closest("time").dateTime; // ends as +01:00
  note.hidden = Number(at.slice(-5, -3)) * 60 === -new Date(at).getTimezoneOffset();
});
tellZone();
// On paper all is open, also where the style can't do it.
addEventListener("beforeprint", () => body.querySelectorAll(":is(.more, .goal):not([open])").forEach((part) => {
  part.open = true; addEventListener("afterprint", () => { part.open = false; }, { once: true });
}));
document.addEventListener("htmx:afterSettle", tellZone);
document.addEventListener("submit", sendOnce, true);
const isQuiet = (element) => element.matches("[data-quiet]"); // fetches itself: takes no word away, shows no fault
body.addEventListener("htmx:beforeRequest", ({ target }) => { isQuiet(target) || tell(""); });
body.addEventListener("htmx:afterRequest", ({ target }) => { if (target.matches("form")) calm(target); });
body.addEventListener("htmx:sendError", ({ target }) => { isQuiet(target) || tell(status.dataset.offline); });
body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.xhr.getResponseHeader(OURS) && (detail.xhr.status === 200 || !isQuiet(detail.requestConfig.elt))) return;
  detail.shouldSwap = false; // the words must stand
  detail.requestConfig.elt.dispatchEvent(new CustomEvent("htmx:sendError", { bubbles: true, detail }));
});
body.addEventListener("htmx:afterSettle", afterSwap);

const enhance = () => {
  for (const element of document.querySelectorAll("[data-enhance]:not([data-enhanced])")) {
    element.dataset.enhanced = "";
    import(`./enhance/${element.dataset.enhance}.js`).then((module) => module.default(element))
      .catch((problem) => { status.textContent.trim() || tell(status.dataset.lacks); throw problem; }); // all else works
  }
};
enhance();
document.addEventListener("htmx:afterSwap", enhance);
