// Waits until every enhancement of the page has done its work, opens all that can be opened, and waits until what
// has just come takes a tap (components/settle.css).
async () => {
  const app = document.querySelector("script[type=module]").src;
  const names = [...document.querySelectorAll("[data-enhance]")].map((one) => one.dataset.enhance);
  await Promise.all(names.map((name) => import(new URL(`enhance/${name}.js`, app)))); // app.js asked first
  for (const one of document.querySelectorAll("details")) one.open = true;
  await Promise.all(document.getAnimations().map((one) => one.finished));
}
