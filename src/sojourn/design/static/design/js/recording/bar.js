// Shows what the page knows of its connection and of what waits here. All sentences stand in the template
// (design/parts/recording_bar.html); this chooses among them.
import { inWords } from "./forms.js";

const one = (selector) => document.querySelector(selector);
const formOf = (kind) => one(`form[data-record="${kind}"]`);
const clock = new Intl.DateTimeFormat(document.documentElement.lang || "en-us", { hour: "2-digit", minute: "2-digit" });

/** Show exactly the sentences named, and no bar where there is neither a sentence nor a refused entry. */
export const say = (names) => {
  const bar = one("[data-recording-bar]");
  if (!bar) return;
  bar.hidden = names.length === 0 && one("[data-refused]").childElementCount === 0;
  bar.classList.toggle("is-quiet", names.every((name) => name === "sent"));
  for (const node of bar.querySelectorAll("[data-say]")) node.hidden = !names.includes(node.dataset.say);
};

const line = (template, event) => {
  const row = one(`template[data-line="${template}"]`).content.cloneNode(true).firstElementChild;
  const { title, entered } = inWords(event, formOf(event.kind));
  row.dataset.formId = event.form_id;
  row.querySelector("[data-when]").textContent = clock.format(new Date(event.taken_at));
  row.querySelector("[data-what]").textContent = entered ? `${title}: ${entered}` : title;
  if (event.why) row.querySelector("[data-why]").textContent = event.why;
  return row;
};

/** List what waits and what was refused. `seen(event)` and `again(event)` are what its two buttons do. */
export const list = ({ waiting, refused, seen, again }) => {
  for (const node of document.querySelectorAll("[data-count]")) node.textContent = String(waiting.length);
  const waits = one("[data-waiting]");
  waits.replaceChildren(...waiting.map((event) => line("waiting", event)));
  waits.closest("details").hidden = waiting.length === 0;
  const refusals = one("[data-refused]");
  refusals.replaceChildren(
    ...refused.map((event) => {
      const row = line("refused", event);
      row.querySelector("[data-seen]").addEventListener("click", () => seen(event));
      const back = row.querySelector("[data-again]");
      back.hidden = !formOf(event.kind);
      back.addEventListener("click", () => again(event, formOf(event.kind)));
      return row;
    }),
  );
  refusals.hidden = refused.length === 0;
};

/** Raise or lower the page's own alarm: "unheard", "lost", "unwatched" or "" for none. */
export const alarm = (what) => {
  const box = one("[data-recording-alarm]");
  if (!box) return;
  for (const node of box.querySelectorAll("[data-alarm]")) node.hidden = node.dataset.alarm !== what;
  box.hidden = what === "";
  document.documentElement.toggleAttribute("data-unwatched", what !== "");
};

/** Say, while the page alarms, that it cannot sound until somebody touches it. */
export const silent = (isSilent) => fill("sound", isSilent ? (one("[data-recording-alarm]")?.dataset.noSound ?? "") : "");

/** Write a text wherever the page has a place for it. */
export const fill = (name, text) => {
  for (const node of document.querySelectorAll(`[data-fill="${name}"]`)) if (node.textContent !== text) node.textContent = text;
};
