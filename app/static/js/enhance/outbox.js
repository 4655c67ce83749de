// A form with data-outbox, inside [data-about], that is sent by script lies on this phone until the server has judged
// it: through a lost line, a closed tab, a page that was never ours. What it is about has one place, so that the last
// answer holds; or a form has one for each key, if it has its own. It is sent as often as need be: the server takes a
// key once, so no lock is needed. In the store as "key {…}", so that letGo() knows it too. Not sealed: not for words.

import { ask, cookie, store, tell } from "../app.js";
import { letGo, newKey } from "./phone.js";

const AGAIN_MS = 20_000;
const aboutOf = (path) => path.slice(0, path.lastIndexOf("/"));
const pageIn = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");

/** Show this page as it is now, if it tells of that. Where somebody is writing, nothing moves. */
const renew = async (about) => {
  const main = document.querySelector("main");
  if (!main.querySelector(`[href="${about}"], [action^="${about}/"]`) || main.querySelector("textarea")) return;
  const at = main.contains(document.activeElement) && document.activeElement.getAttribute("href");
  main.replaceChildren(...(await pageIn(await ask(location.href))).getElementById(main.id).childNodes);
  if (at) main.querySelector(`[href="${at}"]`)?.focus();
  globalThis.htmx?.process(main);
  main.dispatchEvent(new Event("htmx:afterSwap", { bubbles: true }));
};

export default (question) => {
  if (!store) return;
  const said = question.dataset;
  const prefix = `${said.owner}ud `;
  const write = (name, item) => store.setItem(name, `${item.key} ${JSON.stringify(item)}`);

  /** What lies here from this sign-in, or from another, oldest first: [name, item]. */
  const read = (own) => Object.entries(store)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, kept]) => [name, JSON.parse(kept.slice(kept.indexOf(" ")))])
    .filter(([, { by }]) => own === (by === cookie("inde")))
    .sort(([, one], [, other]) => one.at - other.at);

  /** What is refused lies here no longer; words that are kept in the form itself go only when the server has them. */
  const judged = (sending) => {
    letGo();
    for (const [name, { key }] of read(true)) if (key === sending) store.removeItem(name);
  };

  const send = async () => {
    for (const [, { key, by, path, body }] of read(true)) {
      const headers = { Outbox: `${said.owner} ${by}`, "HX-Request": true }; // led on to the page that tells of it
      const answer = await ask(path, { method: "POST", headers, body: new URLSearchParams(body) });
      const page = await pageIn(answer);
      const [sent, done] = answer.headers.get("Outbox")?.split(" ") ?? []; // done: whatever became of that page
      if (sent !== key) continue; // signed off, or the site is not well
      judged(key);
      tell(done ? page.querySelector("[data-status]")?.dataset.status || said.sent : said.changed);
      await renew(aboutOf(path));
    }
  };

  let again = 0;
  const attempt = async () => {
    clearTimeout(again);
    await send().catch(() => {}); // no line
    again = setTimeout(attempt, AGAIN_MS);
  };

  /** What was kept in another sign-in goes only if the one who is here says so. */
  const inquire = () => {
    const [name, item] = read(false)[0] ?? [];
    const line = question.querySelector("[data-about]");
    if (!item || !question.showModal) return;
    line.textContent = line.dataset.about.replace("{about}", item.about);
    line.nextElementSibling.textContent = item.answer;
    question.onclick = ({ target }) => target.value && question.close(target.value);
    question.onclose = () => {
      if (!question.returnValue) return; // not now: the next page asks
      if (question.returnValue === "send") write(name, { ...item, by: cookie("inde") });
      else store.removeItem(name);
      attempt();
      inquire();
    };
    question.returnValue = "";
    question.showModal();
  };

  document.addEventListener("htmx:configRequest", ({ target, detail: { parameters, formData, triggeringEvent } }) => {
    if (!("outbox" in target.dataset)) return;
    const own = target.elements.key?.value;
    const key = parameters.key = own ?? newKey();
    const path = target.getAttribute("action");
    const { about } = target.closest("[data-about]").dataset;
    const label = triggeringEvent.submitter.cloneNode(true);
    label.querySelectorAll(".spoken, .reply__effect, [hidden]").forEach((one) => one.remove());
    const answer = label.textContent.trim();
    const body = new URLSearchParams(formData).toString();
    try {
      write(prefix + (own ?? aboutOf(path)), { key, by: cookie("inde"), at: Date.now(), path, body, about, answer });
    } catch { /* the phone is full: it is sent all the same */ }
  });
  document.addEventListener("htmx:afterRequest", ({ detail: { xhr } }) => {
    judged(xhr.getResponseHeader("Outbox"));
  });
  document.addEventListener("htmx:sendError", ({ target, detail: { requestConfig } }) => {
    const [, kept] = read(true).find(([, { key }]) => key === requestConfig.parameters.key) ?? [];
    if (!kept) return;
    target.closest("section").querySelector("h3").textContent = said.waiting.replace("{answer}", kept.answer);
    tell(said.waits);
  });

  const older = `${said.owner}svar`; // as releases before this one kept it
  for (const [path, [body, about]] of Object.entries(JSON.parse(store.getItem(older) ?? "{}"))) {
    const key = newKey();
    write(prefix + aboutOf(path), { key, by: "?", at: 0, path, body: `${body}&key=${key}`, about });
  }
  store.removeItem(older);

  addEventListener("online", attempt);
  document.addEventListener("visibilitychange", attempt);
  attempt();
  inquire();
};
