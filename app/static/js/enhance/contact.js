// The choice in the settings: may this phone keep the contact person's name and number, to show without a line.
// Stored as "owner {json}"; phone.js removes it for others and at log-off, offline.js shows it.

import { store } from "./page.js";

const NAME = "kontakt";

export default (section) => {
  if (!store || !navigator.serviceWorker) return; // nothing can be kept, so nothing is offered
  const { owner, name, phone, href } = section.dataset;
  const [box, said] = [section.querySelector("input"), section.querySelector("[role=status]")];
  const keep = () => {
    try {
      if (box.checked) store.setItem(NAME, `${owner} ${JSON.stringify({ name, phone, href })}`);
      else store.removeItem(NAME);
    } catch {
      box.checked = false; // the phone is full
      return "full";
    }
    return box.checked ? "on" : "off";
  };
  box.checked = store.getItem(NAME)?.startsWith(`${owner} `) ?? false;
  if (box.checked) keep(); // the number may have changed
  box.addEventListener("change", () => { said.textContent = said.dataset[keep()]; });
  section.hidden = false;
};
