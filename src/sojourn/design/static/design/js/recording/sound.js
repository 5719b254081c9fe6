// Three short tones, again and again, until `stop`. A browser lets a page sound only after somebody has touched it.
const TONES_HZ = [880, 660, 880];
const TONE_S = 0.18;
const EVERY_MS = 4_000;

let context = null;
let ringing = null;

/** Make the sound possible from the first touch on. */
export const arm = () => {
  const wake = () => {
    context ??= globalThis.AudioContext ? new AudioContext() : null;
    context?.resume();
  };
  for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, wake, { passive: true });
};

export const canSound = () => context?.state === "running";

const ring = () => {
  if (!canSound()) return;
  TONES_HZ.forEach((pitch, n) => {
    const [tone, volume] = [context.createOscillator(), context.createGain()];
    const from = context.currentTime + n * TONE_S * 1.4;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.25, from);
    volume.gain.exponentialRampToValueAtTime(0.001, from + TONE_S);
    tone.connect(volume).connect(context.destination);
    tone.start(from);
    tone.stop(from + TONE_S);
  });
};

export const start = () => {
  if (ringing) return;
  ring();
  ringing = setInterval(ring, EVERY_MS);
};

export const stop = () => {
  clearInterval(ringing);
  ringing = null;
};

export const isRinging = () => ringing !== null;
