// Keeps the page that opens without a network: an empty shell with its files, fetched without a login, so that it
// cannot hold anything about anybody.
const storeOf = (scope) => `recording-shell ${new URL(scope, location.href).href}`;
const FILES = 'link[rel="stylesheet"], link[rel="modulepreload"], link[rel="preload"], link[rel="icon"], script[src]';

export const canWorkOffline = () => "serviceWorker" in navigator && "caches" in globalThis;

/** Register the worker of this scope and fetch the shell anew. */
export const keepShell = async (scope) => {
  await navigator.serviceWorker.register(`${scope}worker.js`, { scope });
  const address = new URL("offline/", new URL(scope, location.href)).href;
  const answer = await fetch(address, { credentials: "omit", cache: "no-store", redirect: "error" });
  if (!answer.ok) throw new Error(`the shell was not given: ${answer.status}`);
  const page = new DOMParser().parseFromString(await answer.clone().text(), "text/html");
  const files = [...page.querySelectorAll(FILES)].map((node) => new URL(node.getAttribute("href") ?? node.getAttribute("src"), address).href);
  const store = await caches.open(storeOf(scope));
  await store.addAll(files);
  await store.put(address, answer);
  const needed = new Set([address, ...files]);
  for (const request of await store.keys()) if (!needed.has(request.url)) await store.delete(request);
};

/** Take the shell and its worker away, once nothing is recorded here any more. */
export const dropShell = async (scope) => {
  await caches.delete(storeOf(scope));
  const worker = await navigator.serviceWorker.getRegistration(scope);
  await worker?.unregister();
};
