// Text that is cut off by its own box; a field of one line scrolls by itself.
() => [...document.querySelectorAll("body *:not(input)")]
  .filter((e) => {
    const cuts = ["hidden", "clip"].includes(getComputedStyle(e).overflowX) && !e.closest(".spoken, svg");
    return cuts && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1);
  })
  .map((e) => `${e.tagName}.${e.className} ${e.textContent.trim().slice(0, 30)}`)
