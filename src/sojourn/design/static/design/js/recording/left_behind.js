// Sends what other recording pages of this browser left unsent when their tabs were closed, each by its own token, and
// throws away what is over. What is refused stays with its page, which shows it when it is opened.
import { Outbox } from "./outbox.js";
import { canKeep, eventsOf, forget, forgetExpired, keptPages, nameOf } from "./store.js";

const TABS = "sojourn-recording"; // an open page of the same session shows what became of it

const tell = () => {
  const tabs = new BroadcastChannel(TABS);
  tabs.postMessage(null);
  tabs.close();
};

/** Send for every page but the open one, which sends for itself. */
export const sendLeftBehind = async (path = location.pathname) => {
  if (!(await canKeep())) return;
  await forgetExpired();
  const own = await nameOf(path);
  for (const { page, about } of await keptPages()) {
    const outbox = new Outbox({ page, address: about.record, changed: tell });
    if (page === own || !about.token || (await outbox.waiting()).length === 0) continue;
    const said = await outbox.send(about.token).catch(() => null); // else it stays, and goes out another time
    if (said?.ended && (await eventsOf(page)).length === 0) await forget(page);
  }
};
