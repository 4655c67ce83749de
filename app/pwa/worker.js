// Keeps the files of this release and the page for when there is no line; never a page of anybody's own.
// Only reading is looked at: a form that is sent goes its own way, so that who sent it can still be told.
// CACHE, FILES and OFFLINE are written above this line by the server.

const keep = async () => {
  const cache = await caches.open(CACHE);
  await cache.addAll([...FILES, new Request(OFFLINE, { cache: "reload" })]);
  await self.skipWaiting(); // open pages stay as they are: nothing reloads by itself
};

const tidy = async () => {
  await self.registration.navigationPreload?.enable();
  const others = (await caches.keys()).filter((name) => name !== CACHE);
  await Promise.all(others.map((name) => caches.delete(name)));
};

const kept = async (address) => (await caches.open(CACHE)).match(address);

const open = async ({ request, preloadResponse }) => {
  try {
    return (await preloadResponse) ?? (await fetch(request));
  } catch {
    return (await kept(OFFLINE)) ?? Response.error();
  }
};

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(tidy()));
self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  if (method !== "GET") return;
  if (mode === "navigate") event.respondWith(open(event));
  else if (FILES.includes(new URL(url).pathname)) {
    event.respondWith(kept(url).then((file) => file ?? fetch(event.request)));
  }
});
