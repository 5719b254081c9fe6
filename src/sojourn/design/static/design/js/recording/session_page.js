// One recording page at work: its forms keep their events on this device and send them from here; the connection, what
// waits and the next look are always in view; after twenty seconds without an answer the page alarms by itself.
import * as bar from "./bar.js";
import * as chart from "./chart.js";
import { clear, eventIn, isBegun, putBack } from "./forms.js";
import { Offset, countdown, dueNext } from "./looks.js";
import { Outbox, TokenEnded, TokenRefused } from "./outbox.js";
import { EVERY_MS, Pulse } from "./pulse.js";
import { canWorkOffline, dropShell } from "./shell.js";
import { steadyHand } from "../steady_hand.js";
import * as sound from "./sound.js";
import { forget, keptPages, remember } from "./store.js";

const UNTIL_THROWN_AWAY_MS = 12 * 3_600_000; // the practice takes nothing that is older
const REFRESH_EVERY_MS = 60_000;
const JUST_SENT_MS = 60_000; // how long a page says that what waited on it has been sent; at rest it says nothing
const SENT_AT = "sent-at "; // in the tab, for each page: a time and nothing else
const RESTS_MS = 800; // a thumb that trembles presses once
const CALLS = new Set(["help_asked", "noticed"]);
const QUIET_FOR_MS = 5 * 60_000; // how long a look may be overdue before a page that keeps silent for music sounds
const TABS = "sojourn-recording";
const CLOCK = new Intl.DateTimeFormat(document.documentElement.lang || "en-us", { hour: "numeric", minute: "2-digit" });
const root = document.documentElement;
const recording = () => [...document.querySelectorAll("form[data-record]")];
const others = () => [...document.querySelectorAll('main form[method="post"]:not([data-record])')];

export class SessionPage {
  /** `about`: what the practice gave with the page, or what was kept of it. `able`: this browser can keep events. */
  constructor({ page, about, able, isShell }) {
    Object.assign(this, { page, about, able, isShell });
    this.token = about.token ?? "";
    this.offset = new Offset(about.offset);
    if (about.now) this.offset.heard(about.now);
    this.entered = new WeakMap(); // what each form was last pressed with
    this.unsent = this.unseen = this.shows = 0;
    this.sentAt = Number(sessionStorage.getItem(SENT_AT + location.pathname)) || -Infinity;
    this.freshAt = Date.now();
    this.is = { failing: false, unwatched: false, locked: false, over: Boolean(about.ended), back: false, moved: false, unkept: false, unable: !able };
    this.outbox = new Outbox({ page, address: about.record, changed: () => this.changed() });
    this.pulse = new Pulse({
      address: about.tick,
      heard: (said) => this.heard(said),
      failed: () => this.set({ failing: true }),
      refused: () => this.renew(),
      ended: (why) => this.closed(why),
    });
  }

  async open() {
    for (const [name, text] of Object.entries({ name: this.about.name, ...this.about.fills })) bar.fill(name, text ?? "");
    if (this.able) {
      new BroadcastChannel(TABS).onmessage = () => this.show();
      await this.keep();
    }
    document.addEventListener("submit", (event) => this.submitted(event), { capture: true });
    this.dress();
    if (this.about.who !== "monitor") this.steady();
    await this.offerDevices();
    if (this.about.sound !== "no") sound.arm();
    for (const name of ["online", "pageshow", "focus"]) addEventListener(name, () => this.wake());
    document.addEventListener("visibilitychange", () => this.wake());
    addEventListener("offline", () => this.paint());
    new Worker(document.querySelector("link[data-metronome]").href).onmessage = () => this.beat();
    await this.show();
    await this.beat();
  }

  /** What says that all is calm is never said by a finger that aimed at the call for help beside it. */
  steady() {
    this.change = steadyHand([document.querySelector("main")], { isGuarded: (control) => control.value === "looked" });
    chart.changeBy(this.change);
    document.body.addEventListener("htmx:beforeSwap", () => this.change(() => null));
  }

  /** Make a change of the page. */
  change(one) {
    one();
  }

  /** Offer a cuff or oximeter, where the page has a place for it and the browser can reach one. */
  async offerDevices() {
    const panel = document.querySelector("[data-devices]");
    if (!panel || !this.able || !("bluetooth" in navigator)) return;
    const { DevicePanel } = await import("../devices/panel.js");
    new DevicePanel(panel, (happened) => this.record(null, happened));
  }

  set(what) {
    Object.assign(this.is, what);
    this.paint();
  }

  wake() {
    this.pulse.askNow();
    this.beat();
  }

  async beat() {
    this.paint();
    if (!this.token && !this.is.over) await this.renew();
    await this.pulse.beat(this.token);
    this.paint();
  }

  /** The practice has answered. */
  async heard({ now, watch, next_due_at: nextDueAt, ended }) {
    this.set({ failing: false, unwatched: watch === false });
    this.offset.heard(now);
    if (!this.about.every_s) this.about.next_due_at = nextDueAt; // a sitter's looks are counted from their own
    await this.send();
    if (ended) await this.end();
    else if (this.isShell) await this.leaveTheShell();
    else if (this.about.chart && Date.now() - this.freshAt > REFRESH_EVERY_MS) await this.freshen();
  }

  async send({ patiently = true } = {}) {
    if (!this.able || !this.token) return;
    try {
      const said = await this.outbox.send(this.token, { patiently, ahead: () => this.offset.known });
      if (!said) return;
      this.pulse.answered();
      this.set({ failing: false });
      if (this.about.chart && !this.isShell) await this.freshen();
    } catch (error) {
      if (error instanceof TokenRefused) await this.renew();
      else if (error instanceof TokenEnded) await this.closed(error.message);
      else this.set({ failing: true });
    }
  }

  /** Ask for a token: a page of staff may, as long as its reader is signed in. */
  async renew() {
    this.token = "";
    if (!this.about.token_address || this.isShell || Date.now() < (this.renewsAt ?? 0)) return;
    this.renewsAt = Date.now() + EVERY_MS;
    try {
      const csrf = document.querySelector('[name="csrfmiddlewaretoken"]')?.value ?? "";
      const answer = await fetch(this.about.token_address, { method: "POST", headers: { "X-CSRFToken": csrf }, redirect: "manual" });
      if (answer.ok) {
        Object.assign(this.about, await answer.json());
        this.token = this.about.token;
        await this.keep();
      } else this.setLocked(answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403);
    } catch {
      this.set({ failing: true });
    }
  }

  async keep() {
    if (!this.able || !this.token) return;
    const note = { ...this.about, now: undefined, offset: this.offset.ms, path: location.pathname }; // now passes
    const endsAt = Date.parse(this.about.ends_at) + UNTIL_THROWN_AWAY_MS;
    const isKept = await remember(this.page, note, endsAt).then(() => true, () => false);
    this.set({ unable: !isKept }); // a device that is full goes on, and what waits on it is sent all the same
  }

  async freshen() {
    this.freshAt = Date.now();
    const found = await chart.refresh();
    if (found === "unknown") return;
    if (found === "moved on") return this.moveOn();
    this.setLocked(found === "locked");
    this.dress();
    return null;
  }

  /** The session is in another phase, and other forms are called for. What is half-written is sent or cleared first. */
  moveOn() {
    if (recording().some(isBegun)) this.set({ moved: true });
    else location.reload();
  }

  setLocked(isLocked) {
    if (isLocked === this.is.locked) return;
    chart.lock(isLocked);
    this.set({ locked: isLocked });
  }

  /** The practice is there again: so is the whole page, for whoever is still signed in and has nothing half-written. */
  async leaveTheShell() {
    if (Date.now() - this.freshAt < 5_000 && this.is.locked) return;
    this.freshAt = Date.now();
    const answer = await chart.ask();
    if (answer === null) return;
    const isLocked = chart.wantsLogin(answer);
    this.set({ locked: isLocked, back: answer.ok });
    if (answer.ok && !recording().some(isBegun)) location.reload();
  }

  /** The token takes nothing more: what still waits can only be written down. */
  async closed(why) {
    this.token = "";
    if (this.able) await this.outbox.refuseAll(why);
    await this.end();
  }

  /** The session is over: once nothing waits and every refusal was seen, nothing of it stays on this device. */
  async end() {
    this.set({ over: true });
    if (this.able) {
      const left = (await this.outbox.waiting()).length + (await this.outbox.refused()).length;
      if (left > 0) return;
      await forget(this.page);
      if ((await keptPages()).length === 0 && canWorkOffline()) await dropShell(this.about.scope);
    }
    this.token = "";
    if (!this.about.ended && !recording().some(isBegun)) location.reload();
  }

  /** What a form asks for: to be kept here and sent from here, or, for all others, to be judged by the practice. */
  async submitted(event) {
    const { target: form, submitter } = event;
    if (form.method !== "post") return;
    if (!("record" in form.dataset)) {
      if (this.isOffline) event.preventDefault();
      return;
    }
    const goesPlain = !this.able || this.is.over || "plain" in form.dataset;
    if (goesPlain && !this.isShell) return;
    event.preventDefault();
    if (goesPlain) return;
    const happened = eventIn(form, submitter, { zone: this.about.zone });
    const entered = JSON.stringify(happened?.facts);
    const isTremble = this.entered.get(form) === entered || !isBegun(form); // what was entered since is meant
    if ("rests" in form.dataset && isTremble) return;
    this.entered.set(form, entered);
    form.dataset.rests = "";
    setTimeout(() => delete form.dataset.rests, RESTS_MS);
    form.toggleAttribute("data-is-empty", happened === null);
    if (happened) await this.record(form, happened, submitter);
  }

  async record(form, { takenAt, ...what }, submitter) {
    let event;
    try {
      event = await this.outbox.record(what, takenAt, this.offset.known);
    } catch {
      return this.cannotKeep(form, submitter);
    }
    this.isEntered = true; // it may be sent before anybody has counted it
    this.set({ unkept: false });
    const corrects = form?.dataset.corrects;
    if (form) clear(form);
    if (corrects) await this.outbox.seen(corrects);
    if (this.about.looked_kinds?.includes(what.kind)) this.about.looked_at = Math.max(this.about.looked_at ?? 0, takenAt.getTime() + this.offset.ms);
    await this.keep();
    await this.send({ patiently: false });
    return this.returnRefused(form, event);
  }

  /** What was refused at once comes back into its form, to be put right; its reason goes when it is sent anew. */
  async returnRefused(form, { form_id: formId }) {
    const refused = (await this.outbox.refused()).find((event) => event.form_id === formId);
    if (!refused || !form || isBegun(form)) return;
    putBack(form, refused.facts);
    form.dataset.corrects = formId;
  }

  /** The device refused to store: the form goes the plain way, or the page says that nothing was kept. */
  cannotKeep(form, submitter) {
    if (this.isOffline || this.isShell || !form?.querySelector('[name="csrfmiddlewaretoken"]')) return this.set({ unkept: true });
    form.dataset.plain = "";
    return form.requestSubmit(submitter);
  }

  /** Put beside the forms what may have to be said there: nothing was entered; this needs the connection. */
  dress() {
    const say = (name, form) => {
      const words = document.querySelector(`template[data-${name}]`);
      if (words && !("dressed" in form.dataset)) form.append(words.content.cloneNode(true));
      form.dataset.dressed = "";
    };
    for (const form of recording()) say("empty", form);
    for (const form of others()) say("needs-connection", form);
  }

  async changed() {
    await this.show();
    if (this.is.over) await this.end();
    const tabs = new BroadcastChannel(TABS);
    tabs.postMessage(null);
    tabs.close();
  }

  async show() {
    const turn = (this.shows += 1);
    const [waiting, refused] = [await this.outbox.waiting(), await this.outbox.refused()];
    if (turn !== this.shows) return; // what was read since is newer
    if ((this.unsent || this.isEntered) && !waiting.length && !refused.length) this.sent();
    this.isEntered = false;
    this.unsent = waiting.length;
    this.unseen = refused.length;
    this.callsUnheard = waiting.some((event) => CALLS.has(event.kind));
    bar.list({ waiting, refused, seen: (event) => this.outbox.seen(event.form_id), again: (event, form) => this.again(event, form) });
    this.paint();
  }

  /** Note when all was sent. The page that comes next may be this one, read anew from the practice: it says so as well. */
  sent() {
    this.sentAt = Date.now();
    sessionStorage.setItem(SENT_AT + location.pathname, String(this.sentAt));
  }

  async again(event, form) {
    if (isBegun(form)) return form.scrollIntoView();
    putBack(form, event.facts);
    form.dataset.corrects = event.form_id;
    return form.querySelector("input:not([type=hidden]), textarea, select")?.focus();
  }

  get isOffline() {
    if (this.is.over && !this.token) return false; // nothing is asked of the practice any more
    return this.is.failing || navigator.onLine === false || this.pulse.isLost;
  }

  get alarm() {
    if (this.is.over) return "";
    if (this.callsUnheard && this.isOffline && this.about.who !== "monitor") return "unheard";
    return this.pulse.isLost ? "lost" : this.is.unwatched ? "unwatched" : "";
  }

  /** Put the state on the page: what is said, what can be pressed, whether it alarms, when the next look is. */
  paint() {
    const { isOffline, alarm } = this;
    const said = {
      offline: isOffline,
      sent: !isOffline && !this.unsent && !this.unseen && Date.now() - this.sentAt < JUST_SENT_MS,
      waiting: this.unsent > 0,
      ...this.is,
    };
    bar.say(Object.keys(said).filter((name) => said[name]));
    const clock = new Map(CLOCK.formatToParts(new Date()).map(({ type, value }) => [type, value]));
    bar.fill("clock", `${clock.get("hour")}:${clock.get("minute")}`);
    bar.fill("day-period", clock.has("dayPeriod") ? ` ${clock.get("dayPeriod")}` : "");
    root.dataset.connection = isOffline ? "offline" : "online";
    for (const form of others()) for (const button of form.querySelectorAll("button")) button.disabled = isOffline;
    if (alarm !== this.alarmed) this.change(() => bar.alarm(alarm));
    this.alarmed = alarm;
    const left = this.paintNextLook();
    const mayRing = this.about.sound === "yes" || alarm === "unheard" || (left !== null && left < -QUIET_FOR_MS);
    if (alarm && mayRing && this.about.sound !== "no") sound.start();
    else sound.stop();
    bar.silent(this.about.sound !== "no" && !sound.canSound());
  }

  paintNextLook() {
    const due = dueNext(this.about);
    if (due === null) return null;
    const left = due - this.offset.practiceNow; // below zero: overdue
    bar.fill("next-look", countdown(left));
    root.toggleAttribute("data-look-overdue", left < 0);
    return left;
  }
}
