// Stands between a recording page and the network: when the page cannot be fetched, the kept shell takes its place, and
// its script goes on with what the device has kept. The shell and its files hold nothing about anybody; pages of the
// record are never kept here. `design/js/recording/shell.js` fills the store.
const STORE = `recording-shell ${self.registration.scope}`;
const SHELL = new URL("offline/", self.registration.scope).href;
const PATIENCE_MS = 6000;
const NOBODY_THERE = new Set([502, 503, 504]);

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const inTime = (request) => {
  const given = new AbortController();
  const timer = setTimeout(() => given.abort(), PATIENCE_MS);
  return fetch(request, { signal: given.signal }).finally(() => clearTimeout(timer));
};

const kept = async (request) => (await caches.open(STORE)).match(request);

/** Whether this device records for the page at this address; design/js/recording/store.js names pages by a hash. */
const isRecorded = async (address) => {
  const octets = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(new URL(address).pathname)));
  const name = [...octets.slice(0, 16)].map((octet) => octet.toString(16).padStart(2, "0")).join("");
  if (!(await indexedDB.databases?.())?.some((each) => each.name === "sojourn-recording")) return false;
  return new Promise((resolve) => {
    const opening = indexedDB.open("sojourn-recording");
    opening.onerror = () => resolve(false);
    opening.onsuccess = () => {
      const database = opening.result;
      const asked = database.transaction("pages").objectStore("pages").count(name);
      asked.onsuccess = () => resolve(asked.result > 0);
      asked.onerror = () => resolve(false);
      asked.transaction.oncomplete = () => database.close();
    };
  });
};

const page = async (request) => {
  try {
    const answer = await inTime(request);
    const isSentAway = answer.type === "opaqueredirect" && (await isRecorded(request.url)); // the login has ended
    if (!isSentAway && !NOBODY_THERE.has(answer.status)) return answer;
    return (await kept(SHELL)) ?? answer;
  } catch (error) {
    const shell = await kept(SHELL);
    if (shell) return shell;
    throw error;
  }
};

/** A file by the name of its content. The practice may have a newer version by now, which has it no more. */
const file = async (request) => {
  try {
    const answer = await inTime(request);
    return answer.ok ? answer : ((await kept(request)) ?? answer);
  } catch (error) {
    const there = await kept(request);
    if (there) return there;
    throw error;
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (address.pathname.startsWith("/static/")) event.respondWith(file(request));
});
