// What IBM's engine finds or leaves to a person, without what `open` excuses: a selector for each rule.
async (open) => {
  const { results } = await new ace.Checker().check(document, ["IBM_Accessibility", "WCAG_2_2"]);
  const at = (path) => document.evaluate(path, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE, null).singleNodeValue;
  return results
    .filter((one) => one.value[1] !== "PASS" && !at(one.path.dom)?.matches(open[one.ruleId] ?? ":not(*)"))
    .map((one) => `${one.ruleId} (${one.value.join(" ")}): ${one.message}: ${one.snippet}`);
}
