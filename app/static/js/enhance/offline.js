// On the page for when there is no line: what this phone keeps, told only if it is so.

import { store } from "./phone.js";

const SEALED = /^[0-9a-f-]{32,36} \S+ \S+$/;

export default (page) => {
  if (!store) return;
  page.querySelector("[data-words]").hidden = !Object.values(store).some((kept) => SEALED.test(kept));
  const kept = store.getItem("kontakt");
  if (!kept) return;
  const { name, phone, href } = JSON.parse(kept.slice(kept.indexOf(" ") + 1));
  const contact = page.querySelector("[data-contact]");
  const link = contact.querySelector("a");
  contact.querySelector("[data-name]").textContent = name;
  link.lastElementChild.textContent = link.dataset.label.replace("{phone}", phone);
  link.href = href;
  contact.hidden = false;
};
