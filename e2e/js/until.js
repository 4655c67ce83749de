// Waits until `condition` (an expression that may await) is true; gives up after thirty seconds.
async (condition) => {
  const holds = new Function(`return (async () => ${condition})()`);
  for (const end = Date.now() + 30_000; !(await holds());) {
    if (Date.now() > end) throw new Error(`never true: ${condition}`);
    await new Promise((go) => setTimeout(go, 50));
  }
}
