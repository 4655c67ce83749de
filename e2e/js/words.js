// All words that stand on the page, in order.
() => document.body.innerText.replace(/\s+/g, " ").trim()
