// What this phone keeps for the one who is signed in. Stands on the form that signs off, so on their pages alone.
// A kept text (draft.js) is stored as "key sealed…": key is that of its sending, the rest only its writer can open.

import { calm, letGo, store, tell } from "../app.js";

/** Another one's number to call, or meetings, are not for this one to see. Without a worker nothing is shown or kept. */
const forget = (owner, worker) => {
  for (const name of ["kontakt", "moeder"]) {
    const kept = store?.getItem(name);
    if (kept && !(worker && kept.startsWith(`${owner} `))) store.removeItem(name);
  }
};

const wipe = async () => {
  store?.clear();
  for (const name of (await globalThis.caches?.keys()) ?? []) caches.delete(name);
  for (const worker of (await navigator.serviceWorker?.getRegistrations()) ?? []) worker.unregister();
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
    if (event.target.action !== form.action) return;
    const waits = Object.keys(store ?? {}).some((name) => name.startsWith(owner));
    if (waits && !warned) {
      warned = true;
      event.preventDefault();
      calm(event.target);
      tell(unsent);
    } else wipe();
  });
};
