// Reads a form marked data-record="kind" as one event, and puts an event back into it. Field names carry the kind as
// their prefix ("vital_taken-systolic"); the rest of the name is the name of the fact.
const NOT_FACTS = new Set(["csrfmiddlewaretoken", "do", "form_id", "at"]);
const DAY_MS = 86_400_000;
const HALF_A_DAY_MS = DAY_MS / 2;
const CLOCKS_DIFFER_MS = 120_000; // as in the practice

const bare = (name, kind) => (name.startsWith(`${kind}-`) ? name.slice(kind.length + 1) : name);

const entries = (form, submitter) => {
  try {
    return [...new FormData(form, submitter)];
  } catch {
    return [...new FormData(form), ...(submitter?.name ? [[submitter.name, submitter.value]] : [])]; // older browsers
  }
};

/** How far the wall clock of `zone` is ahead of UTC at a moment, in ms. */
const aheadOfUtc = (moment, zone) => {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(moment);
  const n = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(n.year, n.month - 1, n.day, n.hour, n.minute, n.second) - Math.trunc(moment / 1000) * 1000;
};

/** The moments at which the clock of the site shows this: two in the hour that comes twice. */
const momentsOf = (wall, zone) => {
  const aheads = new Set([wall - DAY_MS, wall + DAY_MS].map((near) => aheadOfUtc(near, zone)));
  const shown = [...aheads].map((ahead) => wall - ahead).filter((moment) => moment + aheadOfUtc(moment, zone) === wall);
  return shown.length ? shown : [...aheads].map((ahead) => wall - ahead);
};

/** The moment at which the clock of the site last showed "14:05"; half a day ahead at most counts as to come. */
export const momentOf = (typed, zone, now) => {
  const [hour, minute] = typed.split(":").map(Number);
  const there = now + aheadOfUtc(now, zone);
  const wall = there - (there % DAY_MS) + (hour * 60 + minute) * 60_000;
  const shown = momentsOf(wall, zone);
  const past = shown.filter((moment) => moment <= now + CLOCKS_DIFFER_MS);
  if (past.length) return new Date(Math.max(...past));
  const soonest = Math.min(...shown);
  return new Date(soonest - now > HALF_A_DAY_MS ? Math.max(...momentsOf(wall - DAY_MS, zone)) : soonest);
};

/** What the form says happened: `{ kind, facts, takenAt }`, or null when nothing was entered and something must be. */
export const eventIn = (form, submitter, { zone, now = Date.now() }) => {
  const kind = form.dataset.record;
  const facts = {};
  let takenAt = new Date(now);
  for (const [name, value] of entries(form, submitter)) {
    const fact = bare(name, kind);
    if (typeof value !== "string" || value.trim() === "") continue;
    if (fact === "at") takenAt = momentOf(value, zone, now);
    else if (!NOT_FACTS.has(fact)) facts[fact] = value.trim();
  }
  if ("needsSomething" in form.dataset && Object.keys(facts).length === 0) return null;
  return { kind, facts, takenAt };
};

const fieldsOf = (form) => [...form.elements].filter((field) => field.name && !NOT_FACTS.has(bare(field.name, form.dataset.record)));

/** Whether a field says something else than it did when it came. */
export const isChanged = (field) => {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.matches("select")) return field.selectedIndex > 0;
  return field.type !== "hidden" && field.matches("input, textarea") && field.value !== field.defaultValue;
};

/** Whether somebody has begun to fill the form in. */
export const isBegun = (form) => fieldsOf(form).some(isChanged);

/** Put the facts of an event back into its form, to be looked at and sent once more. */
export const putBack = (form, facts) => {
  for (const field of fieldsOf(form)) {
    const value = facts[bare(field.name, form.dataset.record)];
    if (value === undefined) continue;
    if (field.type === "checkbox") field.checked = true;
    else if (field.type === "radio") field.checked = field.value === String(value);
    else field.value = value;
  }
};

/** Clear what was entered. The form is itself again, whatever it was given at first. */
export const clear = (form) => {
  form.reset();
  delete form.dataset.corrects;
};

const labelOf = (form, field) =>
  (form.querySelector(`label[for="${CSS.escape(field.id)}"]`) ?? field.closest("fieldset")?.querySelector("legend"))?.firstChild?.textContent?.trim() ?? "";

/** An event in words, by the labels of its form: title, and what was entered. */
export const inWords = (event, form) => {
  if (event.kind === "refused") return { title: document.querySelector("[data-devices]")?.dataset.titleOfRefused ?? event.kind, entered: event.facts.why };
  if (!form) return { title: event.kind, entered: Object.values(event.facts).join(", ") };
  const entered = Object.entries(event.facts).map(([fact, value]) => {
    const field = fieldsOf(form).find((each) => bare(each.name, event.kind) === fact && (each.type !== "radio" || each.value === String(value)));
    if (!field || field.type === "hidden") return String(value);
    if (field.type === "checkbox") return labelOf(form, field);
    if (field.type === "radio") return labelOf(form, field) || String(value);
    const shown = field.matches("select") ? ([...field.options].find((option) => option.value === value)?.textContent ?? value) : value;
    return [labelOf(form, field), shown].filter(Boolean).join(" ");
  });
  return { title: form.dataset.title ?? event.kind, entered: entered.join(", ") };
};
