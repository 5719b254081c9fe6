// Asks the practice every five seconds whether it is there and whether somebody watches; after twenty seconds without
// an answer the page has to say so by itself. Of the device's two clocks the one that ran further counts: one of them
// may have slept, and an alarm that comes early is better than one that never comes.
import { TokenEnded, TokenRefused, ask } from "./outbox.js";

export const EVERY_MS = 5_000;
export const LOST_AFTER_MS = 20_000;

export class Pulse {
  constructor({ address, heard, failed, refused, ended }) {
    Object.assign(this, { address, heard, failed, refused, ended });
    this.asking = false;
    this.last = { steady: performance.now(), wall: Date.now() };
    this.next = 0;
  }

  /** How long ago the practice last answered, in ms. */
  get silence() {
    return Math.max(performance.now() - this.last.steady, Date.now() - this.last.wall);
  }

  get isLost() {
    return this.silence >= LOST_AFTER_MS;
  }

  /** Note that the practice has answered, whatever the question was. */
  answered() {
    this.last = { steady: performance.now(), wall: Date.now() };
  }

  /** Called with every beat; asks when it is time. */
  async beat(token) {
    const now = performance.now();
    if (!token || this.asking || now < this.next) return;
    this.asking = true;
    this.next = now + EVERY_MS;
    try {
      const said = await ask(this.address, token);
      this.answered();
      await this.heard(said);
    } catch (error) {
      const isThere = error instanceof TokenRefused || error instanceof TokenEnded;
      if (isThere) this.answered(); // it is there, and says no
      if (error instanceof TokenEnded) await this.ended(error.message);
      else await (isThere ? this.refused() : this.failed());
    } finally {
      this.asking = false;
    }
  }

  askNow() {
    this.next = 0;
  }
}
