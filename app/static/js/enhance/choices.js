// The choices in the settings: what may this phone keep, to show without a line. The contact person's name and number;
// of one's meetings when the next one is, for all to see, or all of them behind a lock. Stored as "owner {json}";
// phone.js removes them for others and at log-off, offline.js shows them.

import { ask, store } from "../app.js";
import { canLock, makeLock, seal } from "./sealed.js";

const ADDRESS = "/kalender/paa-telefonen";

const read = (name, owner) => {
  const kept = store.getItem(name);
  return kept?.startsWith(`${owner} `) ? JSON.parse(kept.slice(owner.length + 1)) : {};
};
const write = (name, owner, value) => store.setItem(name, `${owner} ${JSON.stringify(value)}`);

/** Fetch the meetings anew, and keep of them what was chosen. */
const fetchInto = async (owner, { next, lock }) => {
  if (!next && !lock) return store.removeItem("moeder");
  const { times, ...when } = await (await ask(ADDRESS)).json();
  const kept = { ...when, count: times.length };
  if (next) kept.next = times[0] ? { words: times[0].words, ends_at: times[0].ends_at } : {};
  if (lock) Object.assign(kept, { lock, sealed: await seal(lock, times) });
  write("moeder", owner, kept);
};

export const refresh = (owner) => fetchInto(owner, read("moeder", owner)).catch(() => {}); // no line: what is kept stands

/** Let each box do what it says, and say what came of it. */
const offer = (section, boxes, choose) => {
  const said = section.querySelector("[role=status]");
  for (const box of boxes) {
    box.addEventListener("change", async () => {
      said.textContent = "";
      try {
        await choose();
        said.textContent = box.dataset[box.checked ? "on" : "off"];
      } catch ({ name }) {
        box.checked = !box.checked;
        said.textContent = said.dataset[{ QuotaExceededError: "full" }[name] ?? (box === boxes[1] ? "refused" : "lost")];
      }
      said.scrollIntoView({ block: "nearest" }); // not behind the tabs
    });
  }
  section.hidden = false;
};

export default (section) => {
  if (!store || !navigator.serviceWorker) return; // nothing can be kept, so nothing is offered
  const { owner, name, phone, href } = section.dataset;
  const [first, all] = section.querySelectorAll("input");
  if (name) {
    const keep = () => (first.checked ? write("kontakt", owner, { name, phone, href }) : store.removeItem("kontakt"));
    first.checked = Boolean(read("kontakt", owner).name);
    if (first.checked) keep(); // the number may have changed
    offer(section, [first], keep);
    return;
  }
  const kept = read("moeder", owner);
  first.checked = Boolean(kept.next);
  if (all) {
    all.checked = Boolean(kept.lock);
    all.closest("label").hidden = !canLock;
  } // without a passkey there is nothing to lock with, and the page says so
  offer(section, all ? [first, all] : [first], async () => {
    const { lock: known } = read("moeder", owner);
    const lock = all ? all.checked && (known ?? (await makeLock())) : known;
    await fetchInto(owner, { next: first.checked, lock });
  });
};
