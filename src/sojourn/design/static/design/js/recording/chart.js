// Keeps the parts of a page that come from the record current, and puts them away when the login has ended. The page
// is asked for as its reader would ask for it; what it says replaces the regions of the same name.
import { keyOf } from "../steady_hand.js";
import { isChanged } from "./forms.js";

const PATIENCE_MS = 10_000;
const regions = (root) => new Map([...root.querySelectorAll("[data-region]")].map((node) => [node.dataset.region, node]));

const phase = (root) => root.querySelector("[data-phase]")?.dataset.phase;

const WRITTEN_IN = "input:not([type=hidden]), textarea, select";

/** A region in which somebody writes, or has written and not sent it, is left as it is; one with a button in focus is not. */
const isInUse = (region) =>
  (region.contains(document.activeElement) && document.activeElement.matches(WRITTEN_IN)) ||
  [...region.querySelectorAll(WRITTEN_IN)].some(isChanged);

let change = (one) => one();
/** Let changes of the page be made as the page wishes, as `steadyHand` gives it. */
export const changeBy = (made) => (change = made);

/** What stays open and in focus, where it is there still. */
const drawAnew = (region, fresh) => {
  const held = region.contains(document.activeElement) ? document.activeElement : null;
  const heldKey = held?.matches("a, button, summary") ? keyOf(held) : null;
  const open = new Set([...region.querySelectorAll("details[open] > summary")].map(keyOf));
  region.replaceChildren(...fresh.childNodes);
  for (const summary of region.querySelectorAll("details > summary")) if (open.has(keyOf(summary))) summary.parentElement.open = true;
  if (heldKey) [...region.querySelectorAll("a, button, summary")].find((each) => keyOf(each) === heldKey)?.focus({ preventScroll: true });
};

/** Ask for this page anew; null when nobody answered. */
export const ask = async () => {
  try {
    return await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "manual", signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch {
    return null;
  }
};

export const wantsLogin = (answer) => answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403;

/**
 * Bring every region up to date. Returns "shown", "locked" when the page wants a login, "moved on" when it
 * asks for other forms now, or "unknown".
 */
export const refresh = async () => {
  const answer = await ask();
  if (answer && wantsLogin(answer)) return "locked";
  if (!answer?.ok) return "unknown";
  const text = await answer.text().catch(() => null); // it stopped in the middle
  if (text === null) return "unknown";
  const page = new DOMParser().parseFromString(text, "text/html");
  if (phase(page) !== phase(document)) return "moved on";
  const found = regions(page);
  for (const [name, node] of regions(document)) {
    const fresh = found.get(name);
    if (fresh) change(() => isInUse(node) || drawAnew(node, fresh));
  }
  return "shown";
};

/** Take what was read from the record off the page; what somebody was writing is put out of sight until they are back. */
export const lock = (isLocked) => {
  document.documentElement.toggleAttribute("data-chart-locked", isLocked);
  for (const [, node] of regions(document)) {
    node.hidden = isLocked;
    if (isLocked && !isInUse(node)) node.replaceChildren();
  }
};
