// When the next look is due, counted here while the practice cannot say it. Times are the practice's own; a clock that
// differs on this device is set off by what the practice said its time was.

const A_STEP_MS = 30_000;

/** How far the practice's clock is ahead of this device's, as of the last time the practice told the time. */
export class Offset {
  constructor(ms = 0) {
    this.ms = ms;
    this.heardAt = null;
  }

  heard(practiceNow) {
    this.ms = Date.parse(practiceNow) - Date.now();
    this.heardAt = { wall: Date.now(), steady: performance.now() };
  }

  /** In ms, as far as anybody can tell: null after a sleep or a clock set forward, which look the same from here. */
  get known() {
    if (!this.heardAt) return null;
    const jump = Date.now() - this.heardAt.wall - (performance.now() - this.heardAt.steady);
    if (jump > A_STEP_MS) return null;
    return jump < -A_STEP_MS ? this.ms - jump : this.ms; // set back: only a hand does that
  }

  /** The practice's time now, in ms. */
  get practiceNow() {
    return Date.now() + (this.known ?? this.ms);
  }
}

/**
 * The next look in ms of the practice's clock, or null: what the practice said, until somebody here has looked since;
 * then so many seconds after that look (`every_s`), or the first time of the schedule that this look does not cover.
 * A look up to `early_s` before its time counts.
 */
export const dueNext = ({ looks = [], early_s: early = 0, every_s: every, next_due_at: said, looked_at: looked }) => {
  const saidAt = said ? Date.parse(said) : null;
  if (every && saidAt !== null) return Math.max(saidAt, (looked ?? 0) + every * 1000);
  const covered = looked === undefined || looked === null ? -Infinity : looked + early * 1000;
  if (saidAt !== null && saidAt > covered) return saidAt;
  return looks.map((time) => Date.parse(time)).find((time) => time > covered) ?? null;
};

/** "4:05", or "-0:20" once it is past. */
export const countdown = (ms) => {
  const seconds = Math.abs(Math.trunc(ms / 1000));
  const clock = `${Math.trunc(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return ms < 0 ? `-${clock}` : clock;
};
