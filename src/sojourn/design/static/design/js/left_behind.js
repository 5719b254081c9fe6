// On every page: what a recording page of this browser left unsent goes out, though its tab was closed. Most browsers have
// nothing of the kind, and load nothing for it.
const NAME = "sojourn-recording";
const EVERY_MS = 30_000;

const isAnything = async () => (await indexedDB.databases()).some(({ name }) => name === NAME);

const send = async () => {
  try {
    if (await isAnything()) await (await import("./recording/left_behind.js")).sendLeftBehind();
  } catch {
    // no network, or no storage: it stays where it is
  }
};

addEventListener("online", send);
setInterval(send, EVERY_MS);
send();
