// Reads the 16-bit number of medical devices (SFLOAT of IEEE 11073-20601; "medfloat16" in the GATT Specification
// Supplement): 12 bits of signed mantissa below 4 bits of signed exponent to the base ten. Five values of exponent
// zero are no numbers: Personal Health Devices Transcoding White Paper v1.5, and the decoder of Wireshark that cites it.
const NO_NUMBERS = new Map([
  [0x07ff, "not a number"],
  [0x0800, "not at this resolution"],
  [0x07fe, "above what the device can measure"],
  [0x0802, "below what the device can measure"],
  [0x0801, "reserved"],
]);

/** Turn two octets into `{ value }`, or into `{ value: null, why }` when they stand for no number. */
export const sfloat = (bits) => {
  const why = NO_NUMBERS.get(bits);
  if (why) return { value: null, why };
  const mantissa = ((bits & 0x0fff) << 20) >> 20;
  const exponent = ((bits >> 12) << 28) >> 28;
  return { value: exponent < 0 ? mantissa / 10 ** -exponent : mantissa * 10 ** exponent };
};
