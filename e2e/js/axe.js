// What axe finds, and what it leaves to a person.
(options) => axe.run(document, { ...options, resultTypes: ["violations", "incomplete"] })
