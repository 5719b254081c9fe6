// Follows the live hub and says on the page whether it does. A tick comes every two seconds and means that nothing
// older than a few seconds is missing. Without ticks the page says STALE, and after twenty seconds it is loud.
// Of this device's two clocks the one that ran further counts: after a sleep the page is stale at once.
const STALE_AFTER_S = 5;
const DEAF_AFTER_S = 10; // an open line without ticks is given up
const BLIND_AFTER_S = 20;
const ASK_EVERY_MS = 2000;
const PAUSES_S = [1, 2, 3, 5];

const started = { steady: performance.now(), wall: Date.now() };
export const seconds = () => Math.max(performance.now() - started.steady, Date.now() - started.wall) / 1000;

class Sounder {
  constructor() {
    this.context = null;
    this.wanted = false;
    for (const gesture of ["pointerdown", "keydown"]) {
      document.addEventListener(gesture, () => this.wanted && this.context?.resume(), { passive: true });
    }
  }
  set(wanted) {
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    clearInterval(this.beating);
    if (wanted) {
      this.context ??= new AudioContext();
      this.beep();
      this.beating = setInterval(() => this.beep(), 1500);
    }
  }
  beep() {
    const now = this.context.currentTime;
    const tone = this.context.createOscillator();
    const loudness = this.context.createGain();
    tone.type = "square";
    tone.frequency.setValueAtTime(880, now);
    tone.frequency.setValueAtTime(660, now + 0.25);
    loudness.gain.setValueAtTime(0.4, now);
    tone.connect(loudness).connect(this.context.destination);
    tone.start(now);
    tone.stop(now + 0.5);
  }
}

/** Follow the hub. `change` makes what changes on the page here, as `steadyHand` gives it. */
export const follow = (box, hears = {}, { change = (one) => one() } = {}) => {
  const words = box.dataset;
  const line = box.querySelector("[data-live-state]"); // read out; the time beside it is not, each two seconds
  const clock = box.querySelector("[data-live-clock]");
  const watch = box.querySelector("[data-live-watch]");
  const blind = box.querySelector("[data-live-blind]");
  if ("asks" in words) {
    // a rehearsal has no hub: its page asks again by itself
    line.textContent = words.asks;
    setInterval(() => (hears.changed ?? hears.whileStale)?.(), ASK_EVERY_MS);
    return;
  }
  const title = document.title;
  const sounder = new Sounder();
  let source = null;
  let lastId = "";
  let openedAt = 0;
  let tickedAt = null; // seconds of this page
  let serverSaid = "";
  let isClosed = false;
  let failures = 0;
  let waiting = null;
  const beganAt = seconds();

  const again = () => {
    source?.close();
    source = null;
    if (isClosed || waiting) return;
    const pause = PAUSES_S[Math.min(failures, PAUSES_S.length - 1)];
    failures += 1;
    waiting = setTimeout(connect, pause * 1000 * (0.75 + Math.random() / 2));
  };

  const close = () => {
    isClosed = true;
    source?.close();
    source = null;
  };

  const connect = async () => {
    waiting = null;
    let given;
    try {
      const answer = await fetch(words.live, { credentials: "same-origin", headers: { Accept: "application/json" } });
      if (answer.redirected || answer.status === 403 || answer.status === 404) return close();
      if (!answer.ok) return again();
      given = await answer.json();
    } catch {
      return again();
    }
    const address = new URL(given.path, location.href);
    if (given.port) address.port = given.port;
    address.searchParams.set("ticket", given.ticket);
    if (lastId) address.searchParams.set("after", lastId);
    source = new EventSource(address);
    openedAt = seconds();
    const on = (name, hear) =>
      source.addEventListener(name, (event) => {
        if (event.lastEventId) lastId = event.lastEventId;
        hear(JSON.parse(event.data));
      });
    source.onerror = again;
    on("tick", (told) => {
      tickedAt = seconds();
      failures = 0;
      serverSaid = new Date(told.at).toLocaleTimeString(document.documentElement.lang || "en-us");
      const isWatched = told.watch !== false;
      if (isWatched === (watch.textContent !== "")) {
        change(() => {
          watch.hidden = isWatched;
          watch.textContent = isWatched ? "" : words.silent;
        });
      }
      show();
    });
    on("renew", again);
    on("closed", again); // the next ticket says whether there is still something to see
    for (const [name, hear] of Object.entries(hears)) on(name, hear);
  };

  const show = () => {
    const silence = seconds() - (tickedAt ?? beganAt);
    const isStale = isClosed || silence > STALE_AFTER_S;
    const isBlind = silence > BLIND_AFTER_S;
    box.classList.toggle("is-stale", isStale);
    let says = tickedAt === null ? words.connecting : words.isLive;
    if (isClosed) says = words.closed;
    else if (isStale) says = tickedAt === null ? words.never : words.stale;
    if (line.textContent !== says) line.textContent = says;
    const told = isClosed || tickedAt === null ? "" : isStale ? ` ${serverSaid}` : ` · ${serverSaid}`;
    if (clock.textContent !== told) clock.textContent = told;
    if (isBlind === (blind.textContent === "")) {
      document.title = isBlind ? `!! ${title}` : title;
      change(() => {
        blind.hidden = !isBlind;
        blind.textContent = isBlind ? words.blind : "";
      });
    }
    sounder.set(isBlind && !("quiet" in words));
    if (source && silence > DEAF_AFTER_S && seconds() - openedAt > DEAF_AFTER_S) again();
    return isStale;
  };

  setInterval(() => hears.whileStale && show() && hears.whileStale(), 1000);
  if (!hears.whileStale) setInterval(show, 1000);
  show();
  connect();
};
