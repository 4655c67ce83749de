// What lies on this phone for our address.
async () => ({
  kept: localStorage.length,
  session: Object.keys(sessionStorage).filter((name) => !name.startsWith("htmx-")), // htmx writes where we are
  databases: (await indexedDB.databases()).length,
  cached: (await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map((one) => one.url)))).flat(),
  workers: (await navigator.serviceWorker.getRegistrations()).length,
})
