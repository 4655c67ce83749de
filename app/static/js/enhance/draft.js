// What is typed in this form is on this phone at the stroke, and stays until the server has it: through a lost line, a
// closed tab, a time-out. It is sealed with a key that only its writer's own pages carry, and knows which text of the
// server's it was made from. Where the phone can't keep it, typing goes on.

import { open, seal } from "./chacha.js";
import { letGo, newKey } from "./phone.js";
import { store, tell, toBytes } from "../app.js";

/** Both the words kept and those typed before this script came, none of them twice. */
const joined = (kept, typed) => {
  if (typed.startsWith(kept)) return typed;
  return kept.startsWith(typed) ? kept : `${kept}\n\n${typed}`;
};

/** Open what a release before this one sealed. */
const openOlder = async (secret, iv, sealed) => {
  const key = await crypto.subtle.importKey("raw", secret, "AES-GCM", false, ["decrypt"]);
  return new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv: toBytes(iv) }, key, toBytes(sealed)));
};

const improve = async (form) => {
  const field = form.querySelector("textarea");
  const intent = form.elements.key;
  const fresh = intent.value;
  const [discard, newer] = [form.querySelector("[data-discard]"), form.querySelector("[data-newer]")];
  const [name, key] = form.dataset.keep.split(" ");
  const secret = toBytes(key);
  let { version } = form.dataset;

  const read = async () => {
    const [sending, ...kept] = store.getItem(name)?.split(" ") ?? [];
    if (!sending) return;
    const words = await (kept[2] ? open(secret, ...kept) : openOlder(secret, ...kept));
    if (words.trim() === field.defaultValue.trim()) return;
    const typed = field.value === field.defaultValue ? "" : field.value;
    field.value = joined(words, typed);
    intent.value = sending; // the same one: if it did arrive, it is not taken twice
    field.dispatchEvent(new Event("input", { bubbles: true }));
    tell(form.dataset.kept);
    discard.hidden = false;
    if (!kept[2] || kept[3] === version) return;
    version = kept[3];
    newer.lastElementChild.textContent = field.defaultValue;
    newer.hidden = !field.defaultValue;
  };
  let later; // once it is on its way: what is typed now is no part of that, and must not go when it has arrived
  const write = () => {
    if (!form.isConnected) return;
    try {
      if (field.value.trim()) store.setItem(name, [later ?? intent.value, seal(secret, field.value), version].join(" "));
      else store.removeItem(name);
    } catch { /* the store is full or blocked */ }
  };

  letGo();
  await read().catch(() => {});
  if (field.value !== field.defaultValue) write();

  field.addEventListener("input", write);
  form.addEventListener("submit", () => {
    later = undefined;
    write();
    later = newKey();
  });
  discard.querySelector("button").addEventListener("click", () => {
    field.value = field.defaultValue;
    intent.value = fresh;
    ({ version } = form.dataset);
    discard.hidden = newer.hidden = true;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    store.removeItem(name); // the site has it
    field.focus();
  });
};

export default (form) => { if (store) return improve(form); };
