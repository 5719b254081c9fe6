// What waits in this browser: for each recording page one key, one sealed note about the session, and sealed events.
// The key is made here, cannot be read out by any script, and goes with the page's rows. Only ids, a moment of expiry
// and the order of events stand open; everything said about a person is sealed (AES-GCM, bound to its row).
const NAME = "sojourn-recording";
const ALGORITHM = "AES-GCM";
const IV_OCTETS = 12;
const MADE = { isMade: true };
const NONE = { otherwise: [] };
const encoder = new TextEncoder();
const decoder = new TextDecoder();

const answered = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Open the store. Only writing makes one: whoever merely looks leaves nothing behind, and finds null. */
const opened = async (isMade) => {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    if (!isMade) return request.transaction.abort();
    request.result.createObjectStore("pages", { keyPath: "page" });
    request.result.createObjectStore("events", { keyPath: "form_id" }).createIndex("page", "page");
    return null;
  };
  try {
    return await answered(request);
  } catch (error) {
    if (error.name === "AbortError" && !isMade) return null;
    throw error;
  }
};

/**
 * Whether this browser can keep recordings: storage that opens, a key that stays inside, and a lock between tabs. A
 * private window may have the storage and refuse to open it.
 */
export const canKeep = async () => {
  if (!globalThis.indexedDB || !globalThis.crypto?.subtle || !crypto.randomUUID || !navigator.locks) return false;
  try {
    (await opened(false))?.close();
    return true;
  } catch {
    return false;
  }
};

/** Do what makes or removes the store: many may write at once, and nobody does while it is removed. */
const alone = (work) => navigator.locks.request(NAME, work);
const besides = (work) => navigator.locks.request(NAME, { mode: "shared" }, work);

/**
 * Do one thing in one transaction, and close the store again, so that it can be deleted at any time. Gives `otherwise`
 * where there is no store and none is made.
 */
const within = (mode, work, { isMade = false, otherwise = null } = {}) => {
  const done = () => inOne(mode, work, isMade, otherwise);
  return isMade ? besides(done) : done();
};

const inOne = async (mode, work, isMade, otherwise) => {
  const database = await opened(isMade);
  if (!database) return otherwise;
  try {
    const transaction = database.transaction(["pages", "events"], mode, { durability: "strict" });
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
    const found = await work(transaction.objectStore("pages"), transaction.objectStore("events"));
    await done;
    return found;
  } finally {
    database.close();
  }
};

const seal = async (key, row, value) => {
  const iv = crypto.getRandomValues(new Uint8Array(IV_OCTETS));
  const words = encoder.encode(JSON.stringify(value));
  const octets = await crypto.subtle.encrypt({ name: ALGORITHM, iv, additionalData: encoder.encode(row) }, key, words);
  return { iv, octets };
};

const unseal = async (key, row, { iv, octets }) => {
  const words = await crypto.subtle.decrypt({ name: ALGORITHM, iv, additionalData: encoder.encode(row) }, key, octets);
  return JSON.parse(decoder.decode(words));
};

/** Name a page by a hash: the address of a sitter's page is a secret, and stays out of the store. */
export const nameOf = async (path) => {
  const octets = new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(path)));
  return [...octets.slice(0, 16)].map((octet) => octet.toString(16).padStart(2, "0")).join("");
};

const rowOf = (page) => within("readonly", (pages) => answered(pages.get(page)));

const keyOf = async (page) => {
  const key = await crypto.subtle.generateKey({ name: ALGORITHM, length: 256 }, false, ["encrypt", "decrypt"]);
  return within("readwrite", async (pages) => {
    const there = await answered(pages.get(page)); // another tab may have been quicker
    if (there) return there.key;
    pages.put({ page, key, about: null, ends_at: 0 });
    return key;
  }, MADE);
};

/** Keep what the page needs to go on without the practice. `ends_at` (ms): when it is thrown away whatever happens. */
export const remember = async (page, about, endsAt) => {
  const key = await keyOf(page);
  const sealed = await seal(key, page, about);
  await within("readwrite", (pages) => {
    pages.put({ page, key, about: sealed, ends_at: endsAt });
  }, MADE);
};

/** What was kept about the page, or null. */
export const recall = async (page) => {
  const row = await rowOf(page);
  return row?.about ? unseal(row.key, page, row.about) : null;
};

/** Every page that this browser keeps something of: its name and what was kept about it. */
export const keptPages = async () => {
  const rows = await within("readonly", (pages) => answered(pages.getAll()), NONE);
  return Promise.all(
    rows.filter((row) => row.about).map(async (row) => ({ page: row.page, about: await unseal(row.key, row.page, row.about) })),
  );
};

/** Keep one event of the page, or keep it anew with what was said about it. */
export const keepEvent = async (page, event) => {
  const key = await keyOf(page);
  const sealed = await seal(key, event.form_id, event);
  await within("readwrite", async (pages, events) => {
    const there = await answered(pages.get(page)); // another tab may have thrown the page away since, its key with it
    if (!there) pages.put({ page, key, about: null, ends_at: 0 });
    events.put({ form_id: event.form_id, page, order: event.taken_at, sealed });
  }, MADE);
};

/** The events of the page in the order in which they were true. */
export const eventsOf = async (page) => {
  const row = await rowOf(page);
  if (!row) return [];
  const rows = await within("readonly", (_pages, events) => answered(events.index("page").getAll(page)), NONE);
  rows.sort((one, other) => (one.order < other.order ? -1 : 1));
  return Promise.all(rows.map((each) => unseal(row.key, each.form_id, each.sealed)));
};

export const dropEvent = (formId) =>
  within("readwrite", (_pages, events) => {
    events.delete(formId);
  });

/** Throw away everything of the page, its key with it; the store itself goes with the last page. */
export const forget = (page) =>
  alone(async () => {
    const left = await within("readwrite", async (pages, events) => {
      for (const formId of await answered(events.index("page").getAllKeys(page))) events.delete(formId);
      pages.delete(page);
      return answered(pages.count());
    });
    if (left === 0) await answered(indexedDB.deleteDatabase(NAME));
  });

/** Throw away the pages whose time is over. */
export const forgetExpired = async (now = Date.now()) => {
  const rows = await within("readonly", (pages) => answered(pages.getAll()), NONE);
  for (const row of rows) if (row.ends_at && row.ends_at < now) await forget(row.page);
};
