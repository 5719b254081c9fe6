// Events recorded on one page, until the practice has said of each that it is on record. An event goes out again and
// again until then; its form_id makes the repeat harmless. One tab sends at a time.
import { dropEvent, eventsOf, keepEvent } from "./store.js";

const AT_ONCE = 50;
const PATIENCE_MS = 10_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
const A_STEP_MS = 30_000; // less is the network's delay, not a clock that was set
const SETTLED = new Set(["recorded", "repeat"]);

/** The token is not known to the practice: another one has to be asked for. */
export class TokenRefused extends Error {}

/** The token has ended with its session; the message is the practice's. Nothing more can be sent. */
export class TokenEnded extends Error {}

/** What was sent is more than the practice takes at once; the message is the practice's. */
export class TooLarge extends Error {}

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
  if (answer.status === 413) throw new TooLarge((await answer.json()).error);
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

  /**
   * Keep what happened, at once; it is safe on this device when this returns. `ahead`: how far the practice's clock is
   * ahead of this device's, in ms, or null when nobody can tell.
   */
  async record({ kind, facts, device = "" }, takenAt = new Date(), ahead = null) {
    const event = { form_id: crypto.randomUUID(), kind, facts, taken_at: takenAt.toISOString(), device, ahead };
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

  /**
   * Send what waits, unless another tab does so, or the last try is too recent. Returns what the practice said. `ahead` is
   * asked for each event: while some go out the practice may tell the time anew.
   */
  async send(token, { now = Date.now(), patiently = true, ahead = () => null } = {}) {
    if (patiently && now < this.notBefore) return null;
    return navigator.locks.request(`sojourn-sends-${this.page}`, { ifAvailable: true }, async (lock) => {
      if (!lock) return null;
      try {
        const said = await this.#sendAll(token, ahead);
        this.pause = this.notBefore = 0;
        return said;
      } catch (error) {
        this.pause = Math.min(LONGEST_PAUSE_MS, this.pause ? this.pause * 2 : FIRST_PAUSE_MS);
        this.notBefore = now + this.pause;
        throw error;
      }
    });
  }

  async #sendAll(token, ahead) {
    let said = null;
    let atOnce = AT_ONCE;
    const tried = new Set();
    for (;;) {
      const events = (await this.waiting()).filter((event) => !tried.has(event.form_id)).slice(0, atOnce);
      if (events.length === 0) return said;
      const placed = [];
      for (const event of events) placed.push(await this.#placed(event, ahead()));
      try {
        said = await this.#post(token, placed);
      } catch (error) {
        if (!(error instanceof TooLarge)) throw error;
        atOnce = Math.ceil(events.length / 2); // one that alone is too large holds up no other
        if (events.length === 1) await keepEvent(this.page, { ...events[0], why: error.message });
        this.changed();
        continue;
      }
      for (const event of events) tried.add(event.form_id); // one that the practice passed over goes out next time
      await this.#settle(events, said.events);
      this.changed();
    }
  }

  #post(token, events) {
    return ask(this.address, token, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ sent_at: new Date().toISOString(), events }),
    });
  }

  /**
   * The event as it goes out. The practice sets a wrong clock right by what it shows now; where this clock was set
   * since the event was taken, its time is told by the clock of now, once and for good: a repeat has to be the same.
   */
  async #placed(event, ahead) {
    const step = event.ahead === null || ahead === null ? 0 : event.ahead - ahead;
    if (Math.abs(step) > A_STEP_MS) {
      Object.assign(event, { taken_at: new Date(Date.parse(event.taken_at) + step).toISOString(), ahead: null });
      await keepEvent(this.page, event);
    }
    const { form_id, kind, facts, taken_at, device } = event;
    return { form_id, kind, facts, taken_at, device };
  }

  /** What can never be sent is shown as refused, so that the person can write it down. */
  async refuseAll(why) {
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
