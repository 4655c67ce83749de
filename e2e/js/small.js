// Controls smaller than `least` pixels; a radio is as large as its label, which takes the tap. In the list of many
// citizens on a desk the row is the target, and its marks are of the size that WCAG asks for (24).
(least) => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
  .map((e) => {
    const taps = ["radio", "checkbox"].includes(e.type) && e.labels[0] ? e.labels[0] : e;
    return [e, taps.getBoundingClientRect()];
  })
  .filter(([e, r]) => {
    const dense = e.closest("[data-many]") && matchMedia("(min-width: 64rem) and (pointer: fine)").matches;
    const most = dense ? 24 : least;
    const hidden = getComputedStyle(e).visibility === "hidden" || e.closest(".skip") || e.ariaHidden === "true"; // no finger's
    return r.width && r.height && !hidden && (r.height < most - 0.5 || r.width < most - 0.5);
  })
  .map(([e, r]) => `${e.tagName} ${(e.textContent || e.name).trim().slice(0, 30)} ${r.width}x${r.height}`)
