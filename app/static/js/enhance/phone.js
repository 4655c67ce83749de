// What this phone keeps for the one who is signed in. Stands on the form that signs off, so on their pages alone.
// A kept text (draft.js) is stored as "key sealed…": key is that of its sending, the rest only its writer can open.

import { calm, cookie, store, tell } from "../app.js";

/** The name of one sending: the server takes it once. */
export const newKey = () => crypto.getRandomValues(new Uint32Array(4)).join("").padEnd(32, 0).slice(0, 32);

/** Let go of what has arrived: the server names the sending that is done, and what is kept begins with its key. */
export const letGo = () => {
  const sent = cookie("gemt");
  if (!sent || !store) return;
  for (const [name, kept] of Object.entries(store)) if (kept.startsWith(`${sent} `)) store.removeItem(name);
  document.cookie = "gemt=; Path=/; Max-Age=0; SameSite=Lax";
};

/** Another one's number to call, or meetings, are not for this one to see. Without a worker nothing is shown or kept. */
const forget = (owner, worker) => {
  for (const name of ["kontakt", "moeder"]) {
    const kept = store?.getItem(name);
    if (kept && !(worker && kept.startsWith(`${owner} `))) store.removeItem(name);
  }
};

/** The worker goes first: one that is being installed would fill what was emptied. */
const wipe = async () => {
  store?.clear();
  for (const worker of (await navigator.serviceWorker?.getRegistrations()) ?? []) await worker.unregister();
  for (const name of (await globalThis.caches?.keys()) ?? []) await caches.delete(name);
};

/** The worker comes with the second page: the first one asks for nothing more than itself. */
const register = (address) => {
  if (!address || !document.referrer.startsWith(location.origin)) return;
  const go = () => navigator.serviceWorker?.register(address).catch(() => {}); // without it all still works
  if (document.readyState === "complete") go();
  else addEventListener("load", go);
};

export default (form) => {
  const { owner, worker, unsent } = form.dataset;
  letGo();
  forget(owner, worker);
  register(worker);
  if (store?.getItem("moeder")) import("./choices.js").then(({ refresh }) => refresh(owner));
  document.addEventListener("htmx:afterSettle", letGo);

  let warned = false;
  document.addEventListener("submit", (event) => {
    const leaving = event.target;
    if (leaving.action !== form.action) return;
    event.preventDefault();
    const waits = Object.keys(store ?? {}).some((name) => name.startsWith(owner));
    if (waits && !warned) {
      warned = true;
      calm(leaving);
      tell(unsent);
      return;
    }
    // The page that leaves takes what it has begun with it: so it leaves when all is gone, or after two seconds.
    Promise.race([wipe(), new Promise((go) => setTimeout(go, 2000))]).catch(() => {}).then(() => leaving.submit());
  });
};
