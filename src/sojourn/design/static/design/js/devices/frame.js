// Walks through the octets of one frame, least significant first, and never past its end.
import { sfloat } from "./sfloat.js";

/** A frame that ends too early, or holds more than its flags announce: nothing in it can be trusted. */
export class Unreadable extends Error {}

const MONTHS = 12;
const DAYS = 31;

export class Frame {
  constructor(view) {
    this.view = view;
    this.at = 0;
  }

  take(octets) {
    if (this.at + octets > this.view.byteLength) throw new Unreadable("The frame ends too early.");
    const from = this.at;
    this.at += octets;
    return from;
  }

  uint8() {
    return this.view.getUint8(this.take(1));
  }

  uint16() {
    return this.view.getUint16(this.take(2), true);
  }

  uint24() {
    const low = this.uint16();
    return low | (this.uint8() << 16);
  }

  sfloat() {
    return sfloat(this.uint16());
  }

  /** A moment by the clock of the device, which knows no zone; null where it does not know the day. */
  dateTime() {
    const [year, month, day] = [this.uint16(), this.uint8(), this.uint8()];
    const [hour, minute, second] = [this.uint8(), this.uint8(), this.uint8()];
    const isKnown = year && month && month <= MONTHS && day && day <= DAYS && hour < 24 && minute < 60 && second < 60;
    return isKnown ? new Date(year, month - 1, day, hour, minute, second) : null;
  }

  get left() {
    return this.view.byteLength - this.at;
  }

  /** What is left over may only belong to flags that were reserved when this was written. */
  end({ hasReservedFlags }) {
    if (this.left > 0 && !hasReservedFlags) throw new Unreadable("The frame is longer than its flags say.");
  }
}
