// Controls that can't be seen when the keyboard comes to them: outside the window, or under a bar.
() => {
  const parts = [0.1, 0.5, 0.9];
  const seen = (e) => {
    const r = e.getBoundingClientRect();
    const [left, top] = [Math.max(r.left, 0), Math.max(r.top, 0)];
    const [wide, high] = [Math.min(r.right, innerWidth) - left, Math.min(r.bottom, innerHeight) - top];
    return wide >= 1 && high >= 1 && parts.some((y) => parts.some((x) => {
      const hit = document.elementFromPoint(left + x * wide, top + y * high);
      return e.contains(hit) || (hit?.contains(e) && hit.matches("label"));
    }));
  };
  const hidden = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")].filter((e) => {
    e.focus({ focusVisible: true });
    return document.activeElement === e && !seen(e);
  });
  document.activeElement.blur();
  scrollTo(0, 0);
  return hidden.map((e) => `${e.tagName}.${e.className} ${(e.textContent || e.name).trim().slice(0, 30)}`);
}
