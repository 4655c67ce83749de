// Controls smaller than `least` pixels; a radio is as large as its label, which takes the tap.
(least) => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
  .map((e) => {
    const taps = ["radio", "checkbox"].includes(e.type) && e.labels[0] ? e.labels[0] : e;
    return [e, taps.getBoundingClientRect()];
  })
  .filter(([e, r]) => {
    const hidden = getComputedStyle(e).visibility === "hidden" || e.closest(".skip");
    return r.width && r.height && !hidden && (r.height < least - 0.5 || r.width < least - 0.5);
  })
  .map(([e, r]) => `${e.tagName} ${(e.textContent || e.name).trim().slice(0, 30)} ${r.width}x${r.height}`)
