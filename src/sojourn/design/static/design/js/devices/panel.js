// Shows what connected devices measure, beside the form for vital signs. No value is recorded without a press: a cuff may
// be on another arm, send what it remembers, or have measured through a movement, and one person watches several people.
// A frame that gives no value goes on record by itself as a refused reading, with its octets and the reason.
import { Connection } from "./connection.js";

const STALE_MS = 10_000;
const KEEPS = 6;
const TOLD_AGAIN_MS = 60_000; // a sensor that lies on the table says so each second, and the record once a minute
const UNITS = [
  ["spo2", (n) => `${n} %`],
  ["heart_rate", (n) => `${n}/min`],
];
const clock = new Intl.DateTimeFormat(document.documentElement.lang || "en-us", { hour: "2-digit", minute: "2-digit" });

const inWords = ({ systolic, diastolic, ...rest }) =>
  [systolic === undefined ? "" : `${systolic}/${diastolic} mmHg`, ...UNITS.map(([name, words]) => (rest[name] === undefined ? "" : words(rest[name])))]
    .filter(Boolean)
    .join(" · ");

export class DevicePanel {
  /** `record({ kind, facts, device, takenAt })` is called when a person has pressed. */
  constructor(panel, record) {
    Object.assign(this, { panel, record });
    this.rows = new Map();
    this.refusals = new Map();
    panel.hidden = false;
    panel.querySelector("[data-connect]").addEventListener("click", () => this.connect());
    setInterval(() => this.age(), 1_000);
  }

  say(name, text = "") {
    for (const node of this.panel.querySelectorAll("[data-device-says]")) node.hidden = node.dataset.deviceSays !== name;
    for (const node of this.panel.querySelectorAll("[data-device-name]")) node.textContent = text;
  }

  async connect() {
    const connection = new Connection({
      heard: (reading) => this.show(reading),
      changed: (state) => this.say(state, connection.name),
    });
    try {
      await connection.open();
    } catch (error) {
      this.say(error.name === "NotFoundError" ? "" : "failed");
    }
  }

  show(reading) {
    const key = reading.runs ? `runs ${reading.device}` : crypto.randomUUID();
    const row = this.rows.get(key)?.row ?? this.rowFor(key);
    this.rows.set(key, { row, reading });
    const isUsable = !reading.refused && !reading.isStored;
    row.querySelector("[data-reading]").textContent = reading.refused ?? inWords(reading.facts);
    row.querySelector("[data-reading-device]").textContent = reading.device;
    row.querySelector("[data-reading-at]").textContent = clock.format(reading.isStored && reading.measuredAt ? reading.measuredAt : reading.takenAt);
    row.querySelector("[data-reading-doubts]").textContent = reading.doubts.join(", ");
    row.querySelector("[data-is-refused]").hidden = !reading.refused;
    row.querySelector("[data-is-stored]").hidden = !reading.isStored || Boolean(reading.refused);
    row.querySelector("[data-use]").hidden = !isUsable;
    row.classList.toggle("is-refused", Boolean(reading.refused));
    row.classList.remove("is-old");
    row.querySelector("[data-use]").disabled = false;
    this.keepRefused(reading);
  }

  /** Put what was refused on record; what a device says over and over, once a minute. */
  keepRefused({ refused, runs, isStored, octets, device, takenAt }) {
    if (!refused) return;
    const said = `${device} ${refused}`;
    if (runs && takenAt - (this.refusals.get(said) ?? -TOLD_AGAIN_MS) < TOLD_AGAIN_MS) return;
    this.refusals.set(said, takenAt);
    const why = isStored ? `${refused} ${this.panel.dataset.fromMemory}` : refused;
    this.record({ kind: "refused", facts: { of: "vital_taken", typed: octets, why }, device, takenAt });
  }

  rowFor(key) {
    const list = this.panel.querySelector("[data-readings]");
    const row = document.querySelector("template[data-line='reading']").content.cloneNode(true).firstElementChild;
    row.querySelector("[data-use]").addEventListener("click", () => this.use(key));
    row.querySelector("[data-drop]").addEventListener("click", () => this.drop(key));
    list.prepend(row);
    for (const [old] of [...this.rows].slice(0, Math.max(0, this.rows.size + 1 - KEEPS))) this.drop(old);
    return row;
  }

  use(key) {
    const { reading } = this.rows.get(key);
    this.record({ kind: "vital_taken", facts: reading.facts, device: reading.device, takenAt: reading.takenAt });
    if (!reading.runs) this.drop(key);
  }

  drop(key) {
    this.rows.get(key)?.row.remove();
    this.rows.delete(key);
  }

  /** A running value that stopped coming is old, and can no longer be recorded as one of now. */
  age() {
    for (const { row, reading } of this.rows.values()) {
      const isOld = reading.runs && Date.now() - reading.takenAt.getTime() > STALE_MS;
      row.classList.toggle("is-old", isOld);
      if (isOld) row.querySelector("[data-use]").disabled = true;
    }
  }
}
