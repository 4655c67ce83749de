// The choice in the settings: may this phone keep one's meetings, to show without a line: when the next one is, for
// all to see, or all of them behind a lock. Stored as "owner {json}"; phone.js keeps it fresh and removes it.

import { store } from "./page.js";
import { canLock, makeLock, seal } from "./sealed.js";

const NAME = "moeder";
const ADDRESS = "/kalender/paa-telefonen";

const read = (owner) => {
  const kept = store.getItem(NAME);
  return kept?.startsWith(`${owner} `) ? JSON.parse(kept.slice(owner.length + 1)) : {};
};

/** Fetch the meetings anew, and keep of them what was chosen. */
const fetchInto = async (owner, { next, lock }) => {
  if (!next && !lock) return store.removeItem(NAME);
  const { times, ...when } = await (await fetch(ADDRESS)).json();
  const kept = { ...when, count: times.length };
  if (next) kept.next = times[0] ? { words: times[0].words, ends_at: times[0].ends_at } : {};
  if (lock) Object.assign(kept, { lock, sealed: await seal(lock, times) });
  store.setItem(NAME, `${owner} ${JSON.stringify(kept)}`);
};

export const refresh = (owner) => fetchInto(owner, read(owner)).catch(() => {}); // no line: what is kept stands

export default (section) => {
  if (!store || !navigator.serviceWorker) return; // nothing can be kept, so nothing is offered
  const { owner } = section.dataset;
  const said = section.querySelector("[role=status]");
  const [next, all] = section.querySelectorAll("input");
  const kept = read(owner);
  next.checked = Boolean(kept.next);
  if (all) {
    all.checked = Boolean(kept.lock);
    all.closest("label").hidden = !canLock;
  } // without a passkey there is nothing to lock with, and the page says so

  const change = async (box) => {
    said.textContent = "";
    try {
      const { lock: known } = read(owner);
      const lock = all ? all.checked && (known ?? (await makeLock())) : known;
      await fetchInto(owner, { next: next.checked, lock });
      said.textContent = box.dataset[box.checked ? "on" : "off"];
    } catch ({ name }) {
      box.checked = !box.checked;
      said.textContent = said.dataset[{ QuotaExceededError: "full" }[name] ?? (box === all ? "refused" : "lost")];
    }
    said.scrollIntoView({ block: "nearest" }); // not behind the tabs
  };
  for (const box of [next, all].filter(Boolean)) box.addEventListener("change", () => change(box));
  section.hidden = false;
};
