// What is typed in this form stays on this phone until the server has it: through a lost line, a closed tab, a time-out.
// It is sealed with a key that only its writer's own pages carry. Where the phone can't keep it, typing goes on.

import { toBytes, toText } from "./bytes.js";
import { letGo, store, tell } from "./page.js";

const PAUSE_MS = 200;

/** Both the words kept and those typed since, none of them twice. */
const joined = (kept, typed) => {
  if (typed.startsWith(kept)) return typed;
  return kept.startsWith(typed) ? kept : `${kept}\n\n${typed}`;
};

const improve = async (form) => {
  const field = form.querySelector("textarea");
  const intent = form.elements.key;
  const fresh = intent.value;
  const discard = form.querySelector("[data-discard]");
  const [name, secret] = form.dataset.keep.split(" ");
  const seal = await crypto.subtle.importKey("raw", toBytes(secret), "AES-GCM", false, ["encrypt", "decrypt"]);

  const read = async () => {
    const [key, iv, sealed] = store.getItem(name)?.split(" ") ?? [];
    if (!sealed) return null;
    const words = await crypto.subtle.decrypt({ name: "AES-GCM", iv: toBytes(iv) }, seal, toBytes(sealed));
    return { key, words: new TextDecoder().decode(words) };
  };
  const write = async () => {
    if (!form.isConnected) return;
    if (!field.value.trim()) return store.removeItem(name);
    const [iv, words] = [crypto.getRandomValues(new Uint8Array(12)), new TextEncoder().encode(field.value)];
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, seal, words);
    store.setItem(name, [intent.value, toText(iv), toText(sealed)].join(" "));
  };

  let pause = 0;
  let last = Promise.resolve();
  const keep = () => {
    clearTimeout(pause);
    pause = 0;
    last = last.then(write).catch(() => {}); // the store is full or blocked
  };
  const keepSoon = () => {
    clearTimeout(pause);
    pause = setTimeout(keep, PAUSE_MS);
  };

  letGo();
  const kept = await read().catch(() => null);
  if (kept && kept.words.trim() !== field.defaultValue.trim()) {
    const typed = field.value === field.defaultValue ? "" : field.value;
    field.value = joined(kept.words, typed);
    intent.value = kept.key; // the same sending: if it did arrive, it is not taken twice
    field.dispatchEvent(new Event("input", { bubbles: true }));
    tell(form.dataset.kept);
    discard.hidden = false;
  }
  if (field.value !== field.defaultValue) keepSoon();

  field.addEventListener("input", keepSoon);
  form.addEventListener("submit", keep);
  addEventListener("pagehide", () => pause && keep());
  document.addEventListener("visibilitychange", () => pause && keep());
  discard.querySelector("button").addEventListener("click", () => {
    field.value = field.defaultValue;
    intent.value = fresh;
    discard.hidden = true;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
    keep();
  });
};

export default (form) => { if (store && globalThis.crypto?.subtle) return improve(form); };
