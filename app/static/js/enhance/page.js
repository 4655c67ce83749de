// What every page gains, on <body>: one tap is one sending, a swap is told and keeps focus, Escape twice leaves.

const HEADING = "h1[tabindex], h2[tabindex], h3[tabindex]";
const LEAVE_WITHIN_MS = 600;

const status = () => document.getElementById("status");

/** Say `words` in the page's one status line; the same words twice are said twice. */
export const tell = (words) => {
  status().textContent = "";
  if (words) setTimeout(() => { status().textContent = words; }, 50);
};

const calm = (form) => { delete form.dataset.state; };

/** The button stays a button: a second tap on a form that is on its way does nothing. */
const sendOnce = (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.state === "sending") {
    event.preventDefault();
    event.stopImmediatePropagation();
  } else {
    form.dataset.state = "sending";
  }
};

/** Put focus where the reader goes on, if the swap took it away: the error, or the region's heading. */
const afterSwap = ({ target: region }) => {
  const told = region.closest("[data-status]") ?? region.querySelector("[data-status]");
  tell(told?.dataset.status);
  const lost = !document.activeElement || document.activeElement === document.body;
  const wrong = region.querySelector("[aria-invalid=true]");
  if (region.querySelector("[autofocus]")) return;
  if (wrong) wrong.focus();
  else if (lost) (region.matches(HEADING) ? region : region.querySelector(HEADING))?.focus();
};

export default (body) => {
  document.addEventListener("submit", sendOnce, true);
  addEventListener("pageshow", () => body.querySelectorAll("form[data-state=sending]").forEach(calm));
  body.addEventListener("htmx:afterRequest", ({ target }) => { if (target.matches("form")) calm(target); });
  body.addEventListener("htmx:sendError", () => tell(status().dataset.offline));
  body.addEventListener("htmx:afterSettle", afterSwap);

  const leave = document.querySelector("[data-leave]");
  let last = -Infinity;
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !leave) return;
    if (event.timeStamp - last < LEAVE_WITHIN_MS) location.replace(leave.href);
    last = event.timeStamp;
  });
  leave?.addEventListener("click", (event) => {
    event.preventDefault();
    location.replace(leave.href);
  });
};
