// All words that stand on the page, in order; but for the list that a desk alone has room for, beside it.
() => {
  const beside = document.querySelector(".beside-list");
  if (beside) beside.style.display = "none";
  const words = document.body.innerText.replace(/\s+/g, " ").trim();
  if (beside) beside.style.display = "";
  return words;
}
