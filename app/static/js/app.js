// Each [data-enhance="name"] is improved by ./enhance/name.js; without it the page still works.
const enhance = () => {
  for (const element of document.querySelectorAll("[data-enhance]:not([data-enhanced])")) {
    element.dataset.enhanced = "";
    import(`./enhance/${element.dataset.enhance}.js`).then((module) => module.default(element));
  }
};
enhance();
document.addEventListener("htmx:afterSwap", enhance);
