// Keeps ages ("4 min ago") and countdowns current. The server wrote the seconds; only the time since then is added,
// so a wrong clock on this device changes nothing. Of its two clocks the one that ran further counts (the other may
// have slept): a value may look older than it is, never younger.
const opened = { steady: performance.now(), wall: Date.now() };
const speed = Number(document.body.dataset.clockSpeed ?? 1); // a rehearsal may run faster
const secondsSince = () => (speed * Math.max(performance.now() - opened.steady, Date.now() - opened.wall)) / 1000;
const UNITS = [
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];
const SHORT = { day: (n) => (n === 1 ? "1 day" : `${n} days`), hour: (n) => `${n} h`, minute: (n) => `${n} min` };

const inWords = (seconds) => {
  const size = Math.abs(seconds);
  const found = UNITS.find(([, unit]) => size >= unit);
  if (!found) return "just now";
  const words = SHORT[found[0]](Math.floor(size / found[1]));
  return seconds >= 0 ? `${words} ago` : `in ${words}`;
};

const asClock = (seconds) => {
  const size = Math.abs(Math.trunc(seconds));
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(size / 3600);
  const minutes = Math.floor(size / 60) % 60;
  return `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(size % 60)}`;
};

const write = (node, words) => {
  if (node.textContent !== words) node.textContent = words;
};

const tick = () => {
  const since = secondsSince();
  for (const node of document.querySelectorAll("[data-age-s]")) {
    node.dataset.bornAt ??= String(since);
    write(node, inWords(Math.floor(Number(node.dataset.ageS) + since - Number(node.dataset.bornAt))));
  }
  for (const node of document.querySelectorAll("[data-elapsed-s]")) {
    node.dataset.bornAt ??= String(since);
    write(node, asClock(Number(node.dataset.elapsedS) + since - Number(node.dataset.bornAt)));
  }
};

if (document.documentElement.lang.startsWith("en")) {
  tick();
  setInterval(tick, 1000);
}
