// What can't be told from its ground in forced colours: words, icons, the edges of controls, and what only a background drew.
() => {
  const CONTROLS = "textarea, select, .field__input, .button, .choice, button:not(.link)";
  const FULL = "svg, img, input";
  const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
  const shines = (colour) => parts(colour).slice(0, 3)
    .map((c) => (c > 10 ? ((c / 255 + 0.055) / 1.055) ** 2.4 : c / 3294))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0.05);
  const clear = (colour) => parts(colour)[3] === 0;
  const ground = (e) => (e.parentElement && clear(getComputedStyle(e).backgroundColor)
    ? ground(e.parentElement) : getComputedStyle(e).backgroundColor);
  const apart = (colour, e) => {
    const [dark, bright] = [shines(colour), shines(ground(e))].sort((a, b) => a - b);
    return clear(colour) ? 1 : bright / dark;
  };
  const edged = (style, e) => ["Top", "Right", "Bottom", "Left"].some((side) => style[`border${side}Style`] !== "none"
    && parseFloat(style[`border${side}Width`]) && apart(style[`border${side}Color`], e.parentElement) >= 3);
  const found = [];
  const tell = (what, e) => found.push(`${what}: ${e.tagName}.${e.getAttribute("class")} ${e.textContent.trim().slice(0, 30)}`);
  for (const e of document.querySelectorAll("body *:not(svg *)")) {
    if (!e.checkVisibility()) continue;
    const style = getComputedStyle(e);
    const says = [...e.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (says && apart(style.color, e) < 4.5) tell("words", e);
    if (e.matches("svg.icon") && style.color !== getComputedStyle(e.parentElement).color) tell("icon", e);
    if (e.matches(CONTROLS) && !edged(style, e)) tell("edge", e);
    for (const drawn of [style, getComputedStyle(e, "::before"), getComputedStyle(e, "::after")]) {
      const bare = drawn === style ? !e.textContent.trim() && !e.querySelector(FULL) && !e.matches(FULL) : drawn.content === '""';
      const seen = parseFloat(drawn.width) && parseFloat(drawn.height) && !clear(drawn.backgroundColor);
      if (bare && seen && !edged(drawn, e)) tell("drawn by its background", e);
    }
  }
  return found;
}
