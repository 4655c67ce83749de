// A reader's own style, as an extension lays it: an inserted style element would be stopped by the content policy.
(css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [sheet];
}
