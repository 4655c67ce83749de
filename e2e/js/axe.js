// All of axe's rules for these tags, the one that is off by default included.
(tags) => axe.run(document, {
  runOnly: { type: "tag", values: tags },
  resultTypes: ["violations", "incomplete"],
  rules: { "target-size": { enabled: true } },
})
