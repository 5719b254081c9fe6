// Connects a cuff, an oximeter or a strap that speaks a standard GATT profile, and hands on each reading it sends.
import { bloodPressure, heartRate, oxygenContinuous, oxygenSpotCheck } from "./readings.js";

const PROFILES = [
  { service: 0x1810, measurements: [[0x2a35, bloodPressure]] },
  { service: 0x1822, measurements: [[0x2a5f, oxygenContinuous, { runs: true }], [0x2a5e, oxygenSpotCheck]] },
  { service: 0x180d, measurements: [[0x2a37, heartRate, { runs: true }]] },
];
const JUST_CONNECTED_MS = 3_000;
const OF_NOW_MS = 120_000;
const LONGEST_NAME = 80; // as much as the record keeps of a device's name
const TRIES = 3;
const PAUSE_MS = 1_500;

export const canConnect = () => "bluetooth" in navigator;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * What a reading is worth now. A cuff sends what it remembers as soon as it is connected: unless its own clock says that
 * it was measured within two minutes, what comes in the first seconds counts as memory, and so does an older time.
 */
export const placed = (reading, { arrivedAt, connectedAt }) => {
  const apart = reading.measuredAt ? Math.abs(arrivedAt - reading.measuredAt.getTime()) : null;
  const isOfNow = apart !== null && apart <= OF_NOW_MS;
  const isFirst = arrivedAt - connectedAt < JUST_CONNECTED_MS;
  const isStored = reading.isStored || (!isOfNow && (isFirst || reading.measuredAt !== null));
  return { ...reading, isStored, takenAt: isOfNow ? reading.measuredAt : new Date(arrivedAt) };
};

export class Connection {
  /** `heard(reading)` for each reading, `changed(state)` with "connected", "lost" or "gone". */
  constructor({ heard, changed }) {
    Object.assign(this, { heard, changed });
  }

  /** Let the person choose a device, and listen to it. Rejects when none is chosen or none can be read. */
  async open() {
    const services = PROFILES.map(({ service }) => service);
    this.device = await navigator.bluetooth.requestDevice({ filters: services.map((service) => ({ services: [service] })), optionalServices: services });
    this.device.addEventListener("gattserverdisconnected", () => this.again());
    await this.listen();
  }

  get name() {
    const printable = [...(this.device.name ?? "")].filter((sign) => sign >= " " && sign !== "\u007f").join("").trim();
    return printable.slice(0, LONGEST_NAME) || "Bluetooth device";
  }

  async listen() {
    const server = await this.device.gatt.connect();
    this.connectedAt = Date.now();
    let count = 0;
    for (const { service, measurements } of PROFILES) {
      const found = await server.getPrimaryService(service).catch(() => null);
      if (!found) continue;
      for (const [uuid, decode, how = {}] of measurements) {
        const measurement = await found.getCharacteristic(uuid).catch(() => null);
        if (!measurement) continue;
        measurement.addEventListener("characteristicvaluechanged", ({ target }) => this.read(decode(target.value), how));
        await measurement.startNotifications();
        count += 1;
      }
    }
    if (count === 0) throw new Error("no measurement of a standard profile");
    this.changed("connected");
  }

  read(reading, { runs = false }) {
    const now = { arrivedAt: Date.now(), connectedAt: this.connectedAt };
    const found = runs ? { ...reading, takenAt: new Date(now.arrivedAt) } : placed(reading, now);
    this.heard({ ...found, runs, device: this.name });
  }

  /** A device that went out of reach, or that sleeps between measurements, is asked for a few more times. */
  async again() {
    this.changed("lost");
    for (let tries = 1; tries <= TRIES; tries += 1) {
      await pause(PAUSE_MS * tries);
      try {
        return await this.listen();
      } catch {
        // asked again, or given up below
      }
    }
    return this.changed("gone");
  }
}
