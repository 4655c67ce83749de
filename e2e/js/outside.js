// What stands outside the screen.
() => [...document.querySelectorAll("body *")]
  .filter((e) => {
    const r = e.getBoundingClientRect();
    const hidden = getComputedStyle(e).visibility === "hidden" || e.closest(".skip, .spoken");
    return r.width && r.height && !hidden && (r.right > document.documentElement.clientWidth + 1 || r.left < -1);
  })
  .map((e) => `${e.tagName}.${e.className} ${e.textContent.trim().slice(0, 30)}`)
