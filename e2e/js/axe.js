// What axe finds, and what it leaves to a person. Nothing is fetched first: our pages bring their style and have no sound.
async (options) => {
  const asked = { ...options, preload: false, resultTypes: ["violations", "incomplete"] };
  const { violations, incomplete } = await axe.run(document, asked); // all that passes is a long list
  return { violations, incomplete };
}
