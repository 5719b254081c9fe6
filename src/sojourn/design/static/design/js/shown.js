// Says which alarms stood before somebody's eyes: in view, in a page that is not hidden. Each once, and again only if that failed.
const SAY_AFTER_MS = 250;
const AGAIN_AFTER_MS = 5000;

const screen_ = document.querySelector("[data-screen]");
const said = new Set();
const waiting = new Set();
const inView = new Set();
let timer = null;

const say = async () => {
  timer = null;
  const alarms = [...waiting];
  if (!alarms.length) return;
  waiting.clear();
  try {
    const answer = await fetch(screen_.dataset.screen, {
      method: "POST",
      credentials: "same-origin",
      keepalive: true,
      headers: { "Content-Type": "application/json", "X-CSRFToken": screen_.dataset.csrf },
      body: JSON.stringify({ alarms }),
    });
    if (answer.status >= 500) throw new Error(String(answer.status)); // a refusal stays one: the next page asks anew
  } catch {
    for (const alarm of alarms) waiting.add(alarm);
    timer = setTimeout(say, AGAIN_AFTER_MS);
  }
};

const note = () => {
  if (document.visibilityState !== "visible") return;
  for (const node of inView) {
    const alarm = node.dataset.alarm;
    if (!node.isConnected) inView.delete(node);
    else if (!said.has(alarm)) {
      said.add(alarm);
      waiting.add(alarm);
    }
  }
  if (waiting.size) timer ??= setTimeout(say, SAY_AFTER_MS);
};

const isRead = (seen) =>
  seen.isIntersecting && (seen.intersectionRatio >= 0.5 || seen.intersectionRect.height >= innerHeight / 3);
const sight = new IntersectionObserver(
  (seen) => {
    for (const each of seen) inView[isRead(each) ? "add" : "delete"](each.target);
    note();
  },
  { threshold: [0, 0.25, 0.5] },
);
const observe = (node) => {
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  if (node.dataset.alarm) sight.observe(node);
  for (const each of node.querySelectorAll("[data-alarm]")) sight.observe(each);
};

observe(document.body);
new MutationObserver((changes) => {
  for (const change of changes) change.addedNodes.forEach(observe);
}).observe(document.body, { childList: true, subtree: true });
document.addEventListener("visibilitychange", note);
