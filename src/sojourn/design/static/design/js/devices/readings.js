// Decodes the measurements of the standard GATT profiles into readings. Layouts: GATT Specification Supplement
// (Blood Pressure Measurement, PLX Spot-Check Measurement, PLX Continuous Measurement, Heart Rate Measurement); the
// services that use them are Blood Pressure (0x1810), Pulse Oximeter (0x1822) and Heart Rate (0x180D).
//
// A reading is { facts, doubts, refused, measuredAt, isStored, octets }. `refused` is a sentence, and then `facts` is empty:
// what a device could not measure never becomes a value. `doubts` are what the device itself says against a value.
import { Frame, Unreadable } from "./frame.js";

const LONGEST_TOLD = 120; // octets of a frame that are told of one that was refused; no standard frame has more

const MMHG_IN_A_KPA = 7.50062; // NIST SP 811 (2008), appendix B.8: 1 mmHg = 0.133 322 4 kPa
const LARGEST = 999; // whatever is said with more digits is no vital sign; the practice judges the rest
const bit = (flags, n) => Boolean(flags & (1 << n));
const named = (names, flags) => Object.entries(names).filter(([n]) => bit(flags, Number(n))).map(([, name]) => name);

const PRESSURE_DOUBTS = {
  0: "body moved",
  1: "cuff too loose",
  2: "pulse irregular",
  3: "pulse too fast for the cuff",
  4: "pulse too slow for the cuff",
  5: "arm in a wrong position",
};
const OXYGEN_STATUS_DOUBTS = { 6: "early estimate", 14: "questionable measurement" };
const OXYGEN_STATUS_REFUSALS = {
  10: "demonstration data",
  11: "data for testing",
  12: "calibration under way",
  13: "measurement unavailable",
  15: "invalid measurement",
};
const SENSOR_DOUBTS = {
  2: "signal processed irregularly",
  4: "poor signal",
  5: "low perfusion",
  6: "erratic signal",
  8: "questionable pulse",
  10: "interference at the sensor",
};
const SENSOR_REFUSALS = {
  1: "device malfunction",
  3: "inadequate signal",
  7: "no pulse in the signal",
  11: "sensor not on the patient",
  12: "unknown sensor",
  13: "sensor displaced",
  14: "sensor malfunction",
  15: "sensor disconnected",
};

const refused = (why, more = {}) => ({ facts: {}, doubts: [], refused: why, measuredAt: null, isStored: false, ...more });
const reading = (facts, more = {}) => ({ facts, doubts: [], refused: null, measuredAt: null, isStored: false, ...more });

/** Round to the whole number that is recorded, or say why there is none. */
const whole = (name, measured, times = 1) => {
  if (measured.value === null) return { why: `${name}: ${measured.why}.` };
  const value = Math.round(measured.value * times);
  return value > 0 && value <= LARGEST ? { value } : { why: `${name}: ${measured.value} cannot be.` };
};

const without = (facts) => Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));

/** The octets of a frame as they came, "04 FF 07", so that a refused one can be read again by somebody else. */
export const octetsOf = (view) => {
  if (!view?.byteLength) return "an empty frame";
  const octets = new Uint8Array(view.buffer, view.byteOffset, Math.min(view.byteLength, LONGEST_TOLD));
  return [...octets].map((octet) => octet.toString(16).padStart(2, "0").toUpperCase()).join(" ");
};

/** Decode a frame by its kind; one that cannot be read, whatever it holds, is a refused reading and never an exception. */
const decoder = (decode) => (view) => {
  try {
    return { ...decode(new Frame(view)), octets: octetsOf(view) };
  } catch (error) {
    return { ...refused(error instanceof Unreadable ? error.message : "The frame cannot be read."), octets: octetsOf(view) };
  }
};

export const bloodPressure = decoder((frame) => {
  const flags = frame.uint8();
  const times = bit(flags, 0) ? MMHG_IN_A_KPA : 1;
  const systolic = whole("Systolic pressure", frame.sfloat(), times);
  const diastolic = whole("Diastolic pressure", frame.sfloat(), times);
  frame.sfloat(); // the mean pressure is not recorded
  const measuredAt = bit(flags, 1) ? frame.dateTime() : null;
  const pulse = bit(flags, 2) ? whole("Pulse", frame.sfloat()) : {};
  if (bit(flags, 3)) frame.uint8(); // which of the cuff's users: not ours to know
  const doubts = bit(flags, 4) ? named(PRESSURE_DOUBTS, frame.uint16()) : [];
  frame.end({ hasReservedFlags: flags > 0x1f });
  const why = systolic.why ?? diastolic.why;
  if (why) return refused(why, { doubts, measuredAt });
  if (pulse.why) doubts.push(`no pulse rate (${pulse.why})`);
  const facts = without({ systolic: systolic.value, diastolic: diastolic.value, heart_rate: pulse.value });
  return reading(facts, { doubts, measuredAt });
});

const oxygen = (frame, { hasStatus, hasSensor, hasAmplitude, spo2, pulse, measuredAt, hasReservedFlags }) => {
  const status = hasStatus ? frame.uint16() : 0;
  const sensor = hasSensor ? frame.uint24() : 0;
  if (hasAmplitude) frame.sfloat();
  frame.end({ hasReservedFlags });
  const doubts = [...named(OXYGEN_STATUS_DOUBTS, status), ...named(SENSOR_DOUBTS, sensor)];
  const isStored = bit(status, 9);
  const against = [...named(OXYGEN_STATUS_REFUSALS, status), ...named(SENSOR_REFUSALS, sensor)];
  if (against.length) return refused(`The device says: ${against.join(", ")}.`, { doubts, measuredAt, isStored });
  const [saturation, rate] = [whole("Oxygen", spo2), whole("Pulse", pulse)];
  if (saturation.why) return refused(saturation.why, { doubts, measuredAt, isStored });
  if (rate.why) doubts.push(`no pulse rate (${rate.why})`);
  return reading(without({ spo2: saturation.value, heart_rate: rate.value }), { doubts, measuredAt, isStored });
};

export const oxygenSpotCheck = decoder((frame) => {
  const flags = frame.uint8();
  const [spo2, pulse] = [frame.sfloat(), frame.sfloat()];
  const said = bit(flags, 0) ? frame.dateTime() : null;
  return oxygen(frame, {
    hasStatus: bit(flags, 1),
    hasSensor: bit(flags, 2),
    hasAmplitude: bit(flags, 3),
    measuredAt: bit(flags, 4) ? null : said, // the clock of the device was never set
    hasReservedFlags: flags > 0x1f,
    spo2,
    pulse,
  });
});

export const oxygenContinuous = decoder((frame) => {
  const flags = frame.uint8();
  const [spo2, pulse] = [frame.sfloat(), frame.sfloat()];
  for (const n of [0, 1]) if (bit(flags, n)) frame.sfloat(), frame.sfloat(); // the fast and the slow average
  return oxygen(frame, {
    hasStatus: bit(flags, 2),
    hasSensor: bit(flags, 3),
    hasAmplitude: bit(flags, 4),
    measuredAt: null,
    hasReservedFlags: flags > 0x1f,
    spo2,
    pulse,
  });
});

export const heartRate = decoder((frame) => {
  const flags = frame.uint8();
  const rate = whole("Heart rate", { value: bit(flags, 0) ? frame.uint16() : frame.uint8() });
  if (bit(flags, 3)) frame.uint16(); // energy spent
  if (bit(flags, 4)) while (frame.left) frame.uint16(); // times between beats, in 1/1024 s: not recorded
  frame.end({ hasReservedFlags: flags > 0x1f });
  if (bit(flags, 2) && !bit(flags, 1)) return refused("The device says: no contact with the skin.");
  return rate.why ? refused(rate.why) : reading({ heart_rate: rate.value });
});
