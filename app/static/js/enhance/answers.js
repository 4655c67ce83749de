// An answer to a meeting that could not be sent waits on this phone, and goes when there is a line. It carries what the
// page showed when it was given (`seen`): if the meeting has changed since, the server takes nothing and asks again.

import { tell } from "./page.js";
import { store } from "./phone.js";

const AGAIN_MS = 20_000;

const nameFor = (owner) => `${owner}svar`;
const read = (owner) => JSON.parse(store.getItem(nameFor(owner)) ?? "{}");
const write = (owner, waiting) => {
  if (Object.keys(waiting).length) store.setItem(nameFor(owner), JSON.stringify(waiting));
  else store.removeItem(nameFor(owner));
};

/** Say what came of it. A meeting that is shown here is shown as it is now. */
const settle = async (answer, path, { sent, changed }) => {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [fresh, shown] = [page, document].map((one) => one.getElementById("meeting-answer"));
  if (fresh && shown?.querySelector(`form[action="${path}"]`)) {
    shown.replaceWith(fresh);
    globalThis.htmx?.process(fresh);
  }
  tell(fresh?.dataset.status || (answer.ok ? sent : changed));
};

/** Send what waits, oldest first; false when some of it must wait on. */
const send = async (said) => {
  for (const [path, body] of Object.entries(read(said.owner))) {
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

/** Let an answer wait: the last one to each meeting. `body` is the form as it was to be sent. */
export const keep = (said, path, body) => {
  try {
    write(said.owner, { ...read(said.owner), [path]: body });
  } catch {
    return; // the phone is full: the status line has said to try again
  }
  tell(said.waits);
  deliver(said);
};
