// The choices in the settings: what may this phone keep, to show without a line. The contact person's name and number;
// of one's meetings when the next one is, for all to see, or all of them behind a lock. Stored as "owner {json}";
// phone.js removes them for others and at log-off, offline.js shows them.

import { ask, store, toBytes } from "../app.js";
import { seal } from "./chacha.js";
import { canLock, makeLock } from "./sealed.js";

const ADDRESS = "/kalender/paa-telefonen";

const read = (name, owner) => {
  const kept = store.getItem(name);
  return kept?.startsWith(`${owner} `) ? JSON.parse(kept.slice(owner.length + 1)) : {};
};
const write = (name, owner, value) => store.setItem(name, `${owner} ${JSON.stringify(value)}`);

const refuse = () => { throw Object.assign(new Error(), { name: "refused" }); };

/** Fetch the meetings anew, and keep of them what was chosen; with them comes the key to seal them with. */
const fetchInto = async (owner, { next, locked }) => {
  if (!next && !locked) return store.removeItem("moeder");
  const { times, key, ...kept } = await (await ask(ADDRESS)).json();
  kept.count = times.length;
  if (next) kept.next = times[0] ? { words: times[0].words, ends_at: times[0].ends_at } : {};
  if (locked) {
    kept.locked = locked === makeLock ? await makeLock(key).catch(refuse) : locked;
    kept.sealed = seal(toBytes(key), JSON.stringify(times));
  }
  write("moeder", owner, kept);
};

export const refresh = (owner) => fetchInto(owner, read("moeder", owner)).catch(() => {}); // no line: what is kept stands

/** One button keeps what is chosen, as everywhere in the settings, and says what came of each box that was changed. */
const offer = (section, boxes, choose) => {
  const said = section.querySelector("[role=status]");
  let before = boxes.map((box) => box.checked);
  section.querySelector("button").addEventListener("click", async () => {
    said.textContent = "";
    try {
      await choose();
      const changed = boxes.filter((box, place) => box.checked !== before[place]);
      said.textContent = changed.map((box) => box.dataset[box.checked ? "on" : "off"]).join(" ") || said.dataset.same;
      before = boxes.map((box) => box.checked);
    } catch ({ name }) {
      boxes.forEach((box, place) => { box.checked = before[place]; }); // as the phone has it
      said.textContent = said.dataset[{ QuotaExceededError: "full", refused: "refused" }[name] ?? "lost"];
    }
    said.scrollIntoView({ block: "nearest" }); // not behind the tabs
  });
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
    all.checked = Boolean(kept.locked);
    all.closest("label").hidden = !canLock;
  } // without a passkey there is nothing to lock with, and the page says so
  offer(section, all ? [first, all] : [first], async () => {
    const { locked } = read("moeder", owner);
    await fetchInto(owner, { next: first.checked, locked: all ? all.checked && (locked ?? makeLock) : locked });
  });
};
