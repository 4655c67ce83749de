// An answer to a meeting that could not be sent waits on this phone, and goes when there is a line. It carries what the
// page showed when it was given (`seen`): if the meeting has changed since, the server takes nothing and asks again.
// Stored as {path: [form, day and time]}: the page for when there is no line says which meeting it is about.

import { store, tell } from "./page.js";

const AGAIN_MS = 20_000;

const nameFor = (owner) => `${owner}svar`;
const read = (owner) => JSON.parse(store.getItem(nameFor(owner)) ?? "{}");
const write = (owner, waiting) => {
  if (Object.keys(waiting).length) store.setItem(nameFor(owner), JSON.stringify(waiting));
  else store.removeItem(nameFor(owner));
};

const fetchPage = async (answer) => new DOMParser().parseFromString(await (await answer).text(), "text/html");

/** Show this page as it is now. Where somebody is writing, nothing moves. */
const renew = async (main) => {
  if (main.querySelector("textarea")) return;
  const at = main.contains(document.activeElement) && document.activeElement.getAttribute("href");
  main.replaceChildren(...(await fetchPage(fetch(location.href))).getElementById(main.id).childNodes);
  if (at) main.querySelector(`[href="${at}"]`)?.focus();
  globalThis.htmx?.process(main);
  main.dispatchEvent(new Event("htmx:afterSwap", { bubbles: true }));
};

/** Say what came of it, and show it too if this page tells of that meeting. */
const settle = async (answer, path, { sent, changed }) => {
  const words = (await fetchPage(answer)).querySelector("[data-status]")?.dataset.status;
  const meeting = path.slice(0, path.lastIndexOf("/"));
  const main = document.querySelector("main");
  if (main.querySelector(`[href="${meeting}"], [action^="${meeting}/"]`)) await renew(main);
  tell(answer.ok ? words || sent : changed);
};

/** Send what waits, oldest first; false when some of it must wait on. */
const send = async (said) => {
  for (const [path, [body]] of Object.entries(read(said.owner))) {
    const answer = await fetch(path, { method: "POST", body: new URLSearchParams(body) });
    if (answer.status === 401 || answer.status >= 500) return false; // signed off, or the site is not well
    const { [path]: _gone, ...rest } = read(said.owner);
    write(said.owner, rest);
    await settle(answer, path, said);
  }
  return true;
};

let again = 0;

/** Try now, and whenever there may be a line, until all is sent. `said`: whose, and the words for what happens. */
export const deliver = (said) => {
  if (again) return;
  const attempt = async () => {
    if (!again || !(await navigator.locks.request("svar", () => send(said)).catch(() => false))) return;
    clearInterval(again);
    again = 0;
  };
  again = setInterval(attempt, AGAIN_MS);
  addEventListener("online", attempt);
  addEventListener("pageshow", attempt);
  document.addEventListener("visibilitychange", attempt);
  attempt();
};

/** Say in the card itself what waits to be sent: the heading that stood there is the answer before. */
const showWaiting = (region, button, { waiting }) => {
  const label = button.cloneNode(true);
  label.querySelectorAll(".spoken, [hidden]").forEach((one) => one.remove());
  region.querySelector("h3").textContent = waiting.replace("{answer}", label.textContent.trim());
};

/** Let an answer wait: the last one to each meeting. `body` is the form as it was to be sent by `button`. */
export const keep = (said, path, body, button) => {
  const region = button.closest("[data-when]");
  try {
    write(said.owner, { ...read(said.owner), [path]: [body, region.dataset.when] });
  } catch {
    return; // the phone is full: the status line has said to try again
  }
  showWaiting(region, button, said);
  tell(said.waits);
  deliver(said);
};
