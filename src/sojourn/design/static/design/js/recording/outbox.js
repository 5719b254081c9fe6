// Events recorded on one page, until the practice has said of each that it is on record. An event goes out again and
// again until then; its form_id makes the repeat harmless. One tab sends at a time.
import { dropEvent, eventsOf, keepEvent } from "./store.js";

const AT_ONCE = 50;
const PATIENCE_MS = 10_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
const SETTLED = new Set(["recorded", "repeat"]);

/** The token is not known to the practice: another one has to be asked for. */
export class TokenRefused extends Error {}

/** The token has ended with its session; the message is the practice's. Nothing more can be sent. */
export class TokenEnded extends Error {}

/** Ask the practice something with the token of the session, and with nothing else that this browser holds. */
export const ask = async (address, token, more = {}) => {
  const answer = await fetch(address, {
    ...more,
    headers: { Authorization: `Bearer ${token}`, Accept: "application/json", ...more.headers },
    credentials: "omit",
    cache: "no-store",
    redirect: "error",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (answer.status === 401) throw new TokenRefused(String(answer.status));
  if (answer.status === 410) throw new TokenEnded((await answer.json()).error);
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
};

export class Outbox {
  constructor({ page, address, changed = () => {} }) {
    this.page = page;
    this.address = address;
    this.changed = changed;
    this.pause = 0;
    this.notBefore = 0;
  }

  /** Keep what happened, at once; it is safe on this device when this returns. */
  async record({ kind, facts, device = "" }, takenAt = new Date()) {
    const event = { form_id: crypto.randomUUID(), kind, facts, taken_at: takenAt.toISOString(), device };
    await keepEvent(this.page, event);
    this.changed();
    return event;
  }

  async waiting() {
    return (await eventsOf(this.page)).filter((event) => !event.why);
  }

  async refused() {
    return (await eventsOf(this.page)).filter((event) => event.why);
  }

  /** The person has seen why it was refused. */
  async seen(formId) {
    await dropEvent(formId);
    this.changed();
  }

  /** Send what waits, unless another tab does so, or the last try is too recent. Returns what the practice said. */
  async send(token, { now = Date.now(), patiently = true } = {}) {
    if (patiently && now < this.notBefore) return null;
    return navigator.locks.request(`sojourn-sends-${this.page}`, { ifAvailable: true }, async (lock) => {
      if (!lock) return null;
      try {
        const said = await this.#sendAll(token);
        this.pause = this.notBefore = 0;
        return said;
      } catch (error) {
        if (error instanceof TokenEnded) await this.#refuseAll(error.message);
        this.pause = Math.min(LONGEST_PAUSE_MS, this.pause ? this.pause * 2 : FIRST_PAUSE_MS);
        this.notBefore = now + this.pause;
        throw error;
      }
    });
  }

  async #sendAll(token) {
    let said = null;
    const tried = new Set();
    for (;;) {
      const events = (await this.waiting()).filter((event) => !tried.has(event.form_id)).slice(0, AT_ONCE);
      if (events.length === 0) return said;
      said = await ask(this.address, token, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ sent_at: new Date().toISOString(), events }),
      });
      for (const event of events) tried.add(event.form_id); // one that the practice passed over goes out next time
      await this.#settle(events, said.events);
      this.changed();
    }
  }

  /** What can never be sent is shown as refused, so that the person can write it down. */
  async #refuseAll(why) {
    for (const event of await this.waiting()) await keepEvent(this.page, { ...event, why });
    this.changed();
  }

  async #settle(sent, answers) {
    const by = new Map(sent.map((event) => [event.form_id, event]));
    for (const answer of answers) {
      const event = by.get(answer.form_id);
      if (!event) continue;
      if (SETTLED.has(answer.status)) await dropEvent(event.form_id);
      else if (answer.status === "refused") await keepEvent(this.page, { ...event, why: answer.why || "refused" });
    }
  }
}
