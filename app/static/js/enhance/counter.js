// "Du har N tegn tilbage" follows the typing; those who listen hear it when they pause.

const PAUSE_MS = 1000;

/** What the server keeps of what is typed (app/typed_text.py). */
const kept = (typed) => typed.replace(/[\v\f\x85]/g, "\n").replace(/(?![\n\t])[\p{Cc}\p{Cs}\ufeff]/gu, "").trim();

export default (field) => {
  const input = field.querySelector("textarea");
  const shown = field.querySelector("[data-limit]");
  const heard = document.createElement("p");
  heard.className = "spoken";
  heard.setAttribute("aria-live", "polite");
  field.append(heard);

  let pause;
  const count = () => {
    const left = shown.dataset.limit - [...kept(input.value)].length;
    shown.textContent = (left < 0 ? shown.dataset.over : shown.dataset.left).replace("{n}", Math.abs(left));
    clearTimeout(pause);
    pause = setTimeout(() => { heard.textContent = shown.textContent; }, PAUSE_MS);
  };
  input.addEventListener("input", count);
};
