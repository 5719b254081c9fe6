// The floor board: rows change in place as the hub tells of them; one press records, and can be taken back; keys.
import { follow, seconds } from "./live.js";
import { keyOf, steadyHand } from "./steady_hand.js";

const floor = document.querySelector("#floor");
const ASK_EVERY_S = 10; // while nothing is told live
const DRAW_EVERY_MS = 150; // however many rows are told of
const REST = 3; // times as long as drawing took: a slow device with two hundred rows still hears who presses
const change = steadyHand([floor]);
const token = document.querySelector("[data-token] input").value;
const rows = () => [...floor.children];
const rowOf = (visit) => document.getElementById(`row-${visit}`);
const made = (html) => {
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  return holder.content.firstElementChild;
};

// ---- rows
const focusedIn = (row) => {
  const held = document.activeElement;
  if (!row?.contains(held)) return null;
  const key = held === row ? null : keyOf(held);
  return (each) => key !== null && keyOf(each) === key;
};

// ---- what a row newly asks for is read out, once; nothing else of a board that changes all the time
const news = document.querySelector("[data-news]");
const MOST_NEWS = 3;
const alarmsOf = (row) => [...(row?.querySelectorAll("[data-alarm]") ?? [])];
const newsOf = (fresh, old) => {
  const known = new Set(alarmsOf(old).map((each) => each.dataset.alarm));
  const raised = alarmsOf(fresh).filter((each) => !known.has(each.dataset.alarm)).map((each) => each.textContent.trim());
  const isRed = (row) => row?.classList.contains("is-act");
  if (!raised.length && isRed(fresh) && !isRed(old)) raised.push(fresh.querySelector(".floor__due").textContent.replace(/\s+/g, " ").trim());
  return raised.map((words) => `${fresh.dataset.name}: ${words}`);
};
const readOut = (said) => said.length && (news.textContent = said.slice(-MOST_NEWS).join(" "));

const place = (fresh) => {
  const old = rowOf(fresh.dataset.visit);
  const said = newsOf(fresh, old);
  const wasFocused = focusedIn(old);
  const wasChosen = old?.classList.contains("is-chosen");
  old?.remove();
  if (floor.dataset.site && fresh.dataset.site !== floor.dataset.site) return [];
  const after = rows().find((row) => row.dataset.sort > fresh.dataset.sort);
  floor.insertBefore(fresh, after ?? null);
  if (wasChosen) fresh.classList.add("is-chosen");
  if (wasFocused) ([...fresh.querySelectorAll("a, button")].find(wasFocused) ?? fresh).focus({ preventScroll: true });
  return said;
};

const count = () => {
  const all = rows();
  const write = (name, number) => (document.querySelector(`[data-count-${name}]`).textContent = number);
  write("needing", all.filter((row) => row.classList.contains("is-act")).length);
  write("running", all.filter((row) => row.querySelector(".floor__deeds")).length);
  write("all", all.length);
  document.querySelector(".floor-none").hidden = all.length > 0;
};

const told_ = new Map(); // rows told of and not drawn yet
let drawnAt = -DRAW_EVERY_MS;
let pause = DRAW_EVERY_MS;
let drawing = null;
const draw = () => {
  drawing = null;
  const began = performance.now();
  change(() => {
    const said = [...told_.values()].flatMap((told) => {
      const fresh = made(told.html);
      fresh.dataset.mark = told.mark;
      return place(fresh);
    });
    told_.clear();
    tick();
    count();
    readOut(said);
  });
  drawnAt = performance.now();
  pause = Math.max(DRAW_EVERY_MS, REST * (drawnAt - began));
};
const show = (told) => {
  told_.set(told.visit ?? made(told.html).dataset.visit, told);
  drawing ??= setTimeout(draw, Math.max(0, drawnAt + pause - performance.now()));
};

let askedAt = -ASK_EVERY_S;
const askForAll = async () => {
  askedAt = seconds();
  let page;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return;
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return;
  }
  const given = [...page.querySelectorAll("#floor > li")];
  const stand = new Set(given.map((row) => row.id));
  const other = given.filter((row) => document.getElementById(row.id)?.dataset.mark !== row.dataset.mark);
  if (!other.length && rows().every((row) => stand.has(row.id))) return;
  change(() => {
    for (const row of rows()) if (!stand.has(row.id)) row.remove();
    const said = other.flatMap((row) => place(document.adoptNode(row)));
    tick();
    count();
    readOut(said);
  });
};

// ---- time: what is late turns red by itself, should nobody tell
const asClock = (size) => {
  const two = (n) => String(n).padStart(2, "0");
  const [hours, minutes] = [Math.floor(size / 3600), Math.floor(size / 60) % 60];
  return `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(Math.floor(size) % 60)}`;
};
const since = (node) => seconds() - Number((node.dataset.bornAt ??= String(seconds())));
const turnRed = (row) => {
  const old = row.cloneNode(true);
  change(() => {
    row.classList.add("is-act");
    readOut(newsOf(row, old));
  });
};
const tick = () => {
  for (const node of floor.querySelectorAll("[data-due-s]")) {
    const left = Number(node.dataset.dueS) - since(node);
    const words = left >= 0 ? `in ${asClock(left)}` : `${asClock(-left)} late`;
    if (node.textContent !== words) node.textContent = words;
    const row = node.closest("li");
    if (left < 0 && !row.classList.contains("is-act")) turnRed(row);
  }
  for (const node of floor.querySelectorAll("[data-minute-s]")) {
    const words = String(Math.floor((Number(node.dataset.minuteS) + since(node)) / 60));
    if (node.textContent !== words) node.textContent = words;
  }
};
tick();
setInterval(tick, 1000);

// ---- one press
const undo = document.querySelector("[data-undo]");
const freshId = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
};
const say = (words, isDone) => {
  const said = document.createElement("p");
  said.className = isDone ? "fine" : "floor-undo__not";
  said.textContent = words;
  return said;
};

// By what a press would do, and not by its form, which a row told anew replaces: while it is on its way, for the moment
// of a finger that bounces, and with the id by which the practice knows it again until it has answered.
const BOUNCE_MS = 700;
const PATIENCE_MS = 10_000;
const onTheWay = new Set();
const idOf = new Map();

const press = async (form, button) => {
  const key = keyOf(button);
  if (onTheWay.has(key)) return;
  onTheWay.add(key);
  button.setAttribute("aria-busy", "true");
  const sent = new FormData(form);
  sent.set("do", button.value);
  sent.set("csrfmiddlewaretoken", token);
  if (!idOf.has(key)) idOf.set(key, freshId());
  if (sent.has("looked-form_id")) sent.set("looked-form_id", idOf.get(key)); // the same when pressed again
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: sent,
      credentials: "same-origin",
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.redirected || answer.status === 403) {
      undo.replaceChildren(say("Not recorded: you are signed out, or may not do this any more. Reload the page.", false));
      return;
    }
    const told = await answer.json();
    idOf.delete(key);
    undo.replaceChildren(say(told.said, told.ok));
    if (told.undo) undo.append(made(told.undo));
    undo.classList.add("is-fresh");
    setTimeout(() => undo.classList.remove("is-fresh"), BOUNCE_MS);
    if (told.row) show(told.row);
  } catch {
    undo.replaceChildren(say("The server did not answer. Press again: what it recorded already is not recorded twice.", false));
  } finally {
    button.removeAttribute("aria-busy");
    setTimeout(() => onTheWay.delete(key), BOUNCE_MS);
  }
};

for (const place_ of [floor, undo]) {
  place_.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-tap]")) return;
    event.preventDefault();
    press(event.target, event.submitter ?? event.target.querySelector("button"));
  });
}

// ---- quick entry in place
const dialog = document.querySelector("[data-quick-dialog]");
const body = dialog.querySelector("[data-quick-body]");
const openQuick = async (link) => {
  const answer = await fetch(link.href, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok || answer.redirected) return location.assign(link.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  body.replaceChildren(document.adoptNode(page.querySelector("#quick")));
  dialog.showModal();
  body.querySelector(link.dataset.quick === "signs" ? "#signs select" : "#vitals input:not([type=hidden])")?.focus();
};
for (const button of document.querySelectorAll("dialog [data-close]")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}
floor.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-quick]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openQuick(link);
});

// ---- keys
const KEYS_OFF = "sojourn-floor-keys-off";
const help = document.querySelector("[data-help-dialog]");
const keysOff = help.querySelector("[data-keys-off]");
keysOff.checked = localStorage.getItem(KEYS_OFF) === "yes";
keysOff.addEventListener("change", () => localStorage.setItem(KEYS_OFF, keysOff.checked ? "yes" : "no"));
const helpButton = document.querySelector("[data-help]");
helpButton.hidden = false;
helpButton.addEventListener("click", () => help.showModal());

const chosen = () => floor.querySelector("li.is-chosen");
const choose = (step) => {
  const seen = rows().filter((row) => row.offsetParent !== null);
  if (!seen.length) return;
  const at = seen.indexOf(chosen());
  const next = seen[at < 0 ? 0 : Math.min(Math.max(at + step, 0), seen.length - 1)];
  for (const row of rows()) row.classList.toggle("is-chosen", row === next);
  next.focus();
  next.scrollIntoView({ block: "nearest" });
};
const click = (selector) => chosen()?.querySelector(selector)?.click();
const DEEDS = {
  j: () => choose(1),
  k: () => choose(-1),
  l: () => click('button[value="looked"]'),
  v: () => click('a[data-quick="vitals"]'),
  s: () => click('a[data-quick="signs"]'),
  a: () => click('button[value="acknowledged"]'),
  u: () => undo.querySelector('button[value="undo"]')?.click(),
  Enter: () => document.activeElement === chosen() && click("a.floor__name"),
  "?": () => help.showModal(),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (event.target.matches("input, select, textarea") || document.querySelector("dialog[open]")) return;
  if (keysOff.checked && event.key !== "?") return;
  const deed = Object.hasOwn(DEEDS, event.key) ? DEEDS[event.key] : null;
  if (!deed || (event.key === "Enter" && document.activeElement !== chosen())) return;
  event.preventDefault();
  deed();
});
floor.addEventListener("focusin", (event) => {
  const row = event.target.closest("li");
  for (const each of rows()) each.classList.toggle("is-chosen", each === row);
});

// ---- how the board is wished
const wishes = document.querySelector(".floor-wishes");
wishes.querySelector(".button:not([type])").hidden = true; // a wish is granted as it is made
wishes.addEventListener("change", () => wishes.requestSubmit());

// ---- live
follow(document.querySelector("[data-live]"), {
  row: show,
  gone: (told) =>
    change(() => {
      told_.delete(told.visit);
      rowOf(told.visit)?.remove();
      count();
    }),
  marks: (told) => {
    const here = rows().filter((row) => row.dataset.mark);
    const isSame = (row) => told[row.dataset.visit] === row.dataset.mark;
    const lacks = !floor.dataset.site && Object.keys(told).some((visit) => !rowOf(visit));
    if (lacks || !here.every(isSame)) setTimeout(askForAll, Math.random() * 700);
  },
  whileStale: () => seconds() - askedAt > ASK_EVERY_S && askForAll(),
}, { change });
