// All words that stand on the page, in order; but for the list that a desk alone has room for, beside it.
() => document.body.innerText.replace(document.querySelector(".beside-list")?.innerText ?? "", "").replace(/\s+/g, " ").trim()
