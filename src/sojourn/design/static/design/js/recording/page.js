// Opens a recording page: with what the practice gave, or, where the shell stands in for it, with what was kept here.
import { Outbox } from "./outbox.js";
import { canWorkOffline, keepShell } from "./shell.js";
import { SessionPage } from "./session_page.js";
import { canKeep, forget, forgetExpired, keptPages, nameOf, recall } from "./store.js";

const SHELL_AGAIN_MS = 30_000;
const isShell = document.querySelector("[data-recording-shell]") !== null;

const given = () => {
  const node = document.getElementById("recording-about");
  return node && JSON.parse(node.textContent);
};

/** A shell without anything kept for its address: say so, and offer the sessions that are kept. */
const nothingKept = async () => {
  document.documentElement.toggleAttribute("data-nothing-kept", true);
  const list = document.querySelector("[data-kept-pages]");
  if (!list || !(await canKeep())) return;
  for (const { about } of await keptPages()) {
    const [row, link] = [document.createElement("li"), document.createElement("a")];
    Object.assign(link, { href: about.path, textContent: about.name });
    row.append(link);
    list.append(row);
  }
};

/** The choices of a form in the shell, which itself knows no plan. */
const offerChoices = (choices = {}) => {
  for (const select of document.querySelectorAll("select[data-choices]")) {
    for (const [value, label] of choices[select.dataset.choices] ?? []) select.append(new Option(label, value));
  }
};

/** What the practice gave now, with the token and the looks that an earlier opening of the page left here. */
const together = (fresh, kept) => {
  if (fresh?.ended && !kept) return null; // nothing of a session that is over waits here
  if (!fresh || !kept) return fresh ?? kept;
  return { ...fresh, token: fresh.token || kept.token, ends_at: fresh.ends_at ?? kept.ends_at, looked_at: kept.looked_at };
};

/** What another session or another person left at this address goes out by its own token, or is shown as refused. */
const settleOthers = async (page, kept) => {
  const outbox = new Outbox({ page, address: kept.record });
  for (let tries = 0; tries < 3 && (await outbox.waiting()).length; tries += 1) {
    await outbox.send(kept.token, { patiently: false }).catch(() => new Promise((resolve) => setTimeout(resolve, 1_000)));
  }
  await outbox.refuseAll(document.querySelector("template[data-of-another]").content.textContent.trim());
};

/** Keep the shell, and try again where the practice was away for a moment: without it this page does not open offline. */
const keepShellAtLast = async (scope) => {
  while (!(await keepShell(scope).then(() => true, () => false))) await new Promise((resolve) => setTimeout(resolve, SHELL_AGAIN_MS));
};

const start = async () => {
  const able = await canKeep();
  if (able) await forgetExpired();
  const page = able ? await nameOf(location.pathname) : "";
  const kept = able ? await recall(page) : null;
  const fresh = given();
  const isOfAnother = Boolean(fresh && kept && fresh.of !== kept.of);
  if (isOfAnother) await settleOthers(page, kept);
  const about = together(fresh, isOfAnother ? null : kept);
  if (!about && isShell) await nothingKept();
  if (!about) return;
  if (isShell) offerChoices(about.choices);
  await new SessionPage({ page, about, able, isShell }).open();
  if (isShell || about.ended || !able || !canWorkOffline()) return;
  await keepShellAtLast(about.scope);
  document.documentElement.toggleAttribute("data-opens-offline", true);
};

start();
