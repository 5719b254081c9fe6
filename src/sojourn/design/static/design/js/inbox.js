// The inbox renews itself when the hub tells of an alarm. Not under a moving hand, which would then press another alarm,
// and never over something being written: then it says that the list has changed.
import { follow } from "./live.js";
import { steadyHand } from "./steady_hand.js";

const STILL_MS = 5000; // nothing moved on this device for so long
const parts = (page) => [...page.querySelectorAll("[data-inbox-part]")];
const markOf = (page) => page.querySelector("[data-inbox-mark]")?.dataset.inboxMark;
const notice = document.querySelector("[data-inbox-changed]");
const change = steadyHand(parts(document));
let waiting = null; // the page as it is now
let movedAt = -STILL_MS;

for (const gesture of ["pointerdown", "pointermove", "wheel", "keydown", "touchmove"]) {
  document.addEventListener(gesture, () => (movedAt = performance.now()), { passive: true });
}

const isWriting = () =>
  parts(document).some((part) =>
    [...part.querySelectorAll("textarea, input:not([type=hidden])")].some((field) => field.value !== field.defaultValue),
  );

const show = () => {
  const held = document.activeElement?.closest("[data-inbox-part] form")?.getAttribute("action");
  const open = parts(document).flatMap((part) =>
    [...part.querySelectorAll("details[open] form")].map((form) => form.getAttribute("action")),
  );
  const fresh = parts(waiting);
  parts(document).forEach((part, place) => part.replaceChildren(...fresh[place].childNodes));
  parts(document)[0].dataset.inboxMark = markOf(waiting) ?? "";
  waiting = null;
  notice.hidden = true;
  for (const form of document.querySelectorAll("[data-inbox-part] form")) {
    const action = form.getAttribute("action");
    if (open.includes(action) && form.closest("details")) form.closest("details").open = true;
    if (action === held) form.querySelector("button")?.focus({ preventScroll: true });
  }
};

const settle = () => {
  if (waiting === null) return;
  notice.hidden = false;
  if (!isWriting() && performance.now() - movedAt > STILL_MS) change(() => waiting && show());
};

const ask = async () => {
  try {
    const answer = await fetch(location.pathname, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    waiting = markOf(page) === markOf(document) ? null : page;
    notice.hidden = waiting === null;
    settle();
  } catch {
    // no answer: the line above says STALE, and the next word of the hub asks again
  }
};

notice.querySelector("button").addEventListener("click", () => waiting && show());
setInterval(settle, 1000);
follow(document.querySelector("[data-live]"), { changed: ask }, { change });
