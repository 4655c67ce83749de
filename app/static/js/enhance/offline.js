// On the page for when there is no line: what this phone keeps, told only if it is so.

import { cookie, store } from "../app.js";
import { unlock } from "./sealed.js"; // now: when it is wanted, this page's release may be gone from the phone

const SEALED = /^[0-9a-f-]{32,36} [\w+/= ]+$/;
const LONGEST_MS = 14 * 24 * 60 * 60 * 1000;
const ONE_DAY_MS = LONGEST_MS / 14;

const valueOf = (name) => {
  const kept = store.getItem(name);
  return kept && JSON.parse(kept.slice(kept.indexOf(" ") + 1));
};

const showContact = (contact, { name, phone, href }) => {
  const link = contact.querySelector("a");
  contact.querySelector("[data-name]").textContent = name;
  link.querySelector("bdi").textContent = phone;
  link.href = href;
  contact.hidden = false;
};

/** "Sidst hentet i går kl. 18.00": days as the calendar in Denmark counts them. */
const fetched = ({ today, yesterday, before }, { fetched_at: at, day, time }) => {
  const danish = (moment) => new Date(moment).toLocaleDateString("sv", { timeZone: "Europe/Copenhagen" });
  const words = { [danish(Date.now() - ONE_DAY_MS)]: yesterday, [danish(Date.now())]: today }[danish(at)] ?? before;
  return words.replace("{day}", day).replace("{time}", time);
};

/** What waits to be sent in this sign-in: what others left here is not for this one to see. */
const showOutbox = (line) => {
  const kept = Object.entries(store).filter(([name]) => name.slice(16).startsWith("ud "));
  for (const { by, about } of kept.map(([, item]) => JSON.parse(item.slice(item.indexOf(" "))))) {
    if (!by || by !== cookie("inde")) continue;
    const one = line.cloneNode();
    one.textContent = line.dataset.outbox.replace("{about}", about);
    one.hidden = false;
    line.before(one);
  }
};

const showMeetings = (section, kept) => {
  const line = section.querySelector("[data-next]");
  const { words, ends_at: ends } = kept.next ?? {};
  if (words && Date.parse(ends) > Date.now()) line.textContent = line.dataset.next.replace("{time}", words);
  else line.hidden = kept.count > 0;
  section.querySelector("[data-today]").textContent = fetched(section.querySelector("[data-today]").dataset, kept);
  const button = section.querySelector("button");
  const said = section.querySelector("[role=status]");
  button.parentElement.hidden = !kept.locked;
  button.addEventListener("click", async () => {
    said.textContent = "";
    try {
      const times = (await unlock(kept.locked, kept.sealed)).filter((one) => Date.parse(one.ends_at) > Date.now());
      section.querySelector("ol").replaceChildren(...times.map(({ words: when, spot }) => {
        const item = document.createElement("li");
        item.textContent = [when, spot].filter(Boolean).join(" · ");
        return item;
      }));
      button.parentElement.hidden = line.hidden = true; // the next one is the first of them
      section.querySelector("h2").focus();
    } catch {
      said.textContent = said.dataset.refused;
    }
  });
  section.hidden = false;
};

export default (page) => {
  if (!store) return;
  const part = (name) => page.querySelector(`[data-${name}]`);
  part("words").hidden = !Object.values(store).some((kept) => SEALED.test(kept));
  showOutbox(part("outbox"));
  const [contact, meetings] = [valueOf("kontakt"), valueOf("moeder")];
  if (contact) showContact(part("contact"), contact);
  if (meetings && Date.now() - Date.parse(meetings.fetched_at) < LONGEST_MS) showMeetings(part("meetings"), meetings);
  else if (meetings) store.removeItem("moeder");
};
