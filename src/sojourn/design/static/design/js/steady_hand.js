// A press counts only for what stood under it when it was aimed. A page that changes by itself makes its changes through
// `change`: none between press and release; and a press that meets, just after a change, something else than what stood
// in its place is not taken. What a press would do is its key: two controls with one key do the same.
const AIMED_FOR_MS = 700; // so long a finger may have been on its way
const LONGEST_PRESS_MS = 3000;
const AFTER_RELEASE_MS = 60; // the click comes after the release
const CONTROLS = "a[href], button"; // opening a summary does nothing to anybody
const real = () => new Event("now").timeStamp; // the clock of a fast rehearsal runs faster than a finger
const OF_THE_PAGE = /csrfmiddlewaretoken$|form_id$/;

/** What pressing this control would do, as a text that stays the same when the control is drawn anew. */
export const keyOf = (control) => {
  if (control.matches("a")) return `a ${control.getAttribute("href")}`;
  const place = control.closest("[id]")?.id ?? "";
  const form = control.form;
  if (!form) return `${control.localName} ${place} ${control.textContent.trim()}`;
  const hidden = [...form.querySelectorAll("input[type=hidden]")].filter((field) => !OF_THE_PAGE.test(field.name));
  return [form.getAttribute("action") ?? "", control.name, control.value, ...hidden.map((field) => `${field.name}=${field.value}`)].join(" ");
};

const SAID_FOR_MS = 8000;
let saidLast = 0;
const refused = () => {
  const box = document.querySelector("[data-moved]");
  box.hidden = false;
  box.textContent = box.dataset.moved;
  clearTimeout(saidLast);
  saidLast = setTimeout(() => (box.hidden = true), SAID_FOR_MS);
};

/**
 * Guard the controls within `roots`, or those of them that `isGuarded`: a call for help is taken however it came about.
 * The page says it when a press was not taken. Gives `change`, which makes a change of the page.
 */
export const steadyHand = (roots, { isGuarded = () => true } = {}) => {
  const seen = []; // what stood where before each change of the last moment
  const since = new Map(); // each key by when it first stood here
  const waiting = [];
  let pressed = null; // { key, isAside } of the press that lasts
  let giveUp = 0;

  const controls = () => roots.flatMap((root) => [...root.querySelectorAll(CONTROLS)]);
  const controlOf = (target) => {
    const control = target instanceof Element ? target.closest(CONTROLS) : null;
    return control && roots.some((root) => root.contains(control)) ? control : null;
  };
  const forget = (now) => {
    while (seen.length && now - seen[0].at > AIMED_FOR_MS) seen.shift();
  };
  const isNear = ({ top, bottom, left, right }) => right > left && bottom > -innerHeight && top < 2 * innerHeight;
  const inView = () => {
    const found = [];
    for (const part of roots.flatMap((root) => [...root.children])) {
      if (!isNear(part.getBoundingClientRect())) continue; // what lies further away is not even laid out
      for (const control of part.matches(CONTROLS) ? [part] : part.querySelectorAll(CONTROLS)) {
        const box = control.getBoundingClientRect();
        if (!isNear(box)) continue;
        const { left, right, top, bottom } = box;
        found.push({ left, right, top: top + scrollY, bottom: bottom + scrollY, key: keyOf(control) }); // whoever scrolls knows
      }
    }
    return found;
  };
  const note = () => {
    const now = real();
    for (const control of controls()) {
      const key = keyOf(control);
      if (!since.has(key)) since.set(key, now);
    }
  };
  const make = (changes) => {
    forget(real());
    const stood = inView();
    for (const one of changes) one();
    seen.push({ at: real(), stood });
    note();
  };
  const flush = () => waiting.length && make(waiting.splice(0));
  const release = () => {
    clearTimeout(giveUp);
    if (pressed) setTimeout(() => ((pressed = null), flush()), AFTER_RELEASE_MS);
  };
  const press = (made) => {
    pressed = made;
    clearTimeout(giveUp);
    giveUp = setTimeout(flush, LONGEST_PRESS_MS); // a finger that rests there keeps nothing back for long
  };

  const isAside = (x, y, key) => {
    forget(real());
    const holds = (box) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
    return seen.some(({ stood }) => stood.find(holds)?.key !== key);
  };
  const isNew = (key) => real() - (since.get(key) ?? -AIMED_FOR_MS) < AIMED_FOR_MS;

  document.addEventListener(
    "pointerdown",
    (event) => {
      const control = controlOf(event.target);
      const key = control && keyOf(control);
      press({ key, isAside: Boolean(key) && isAside(event.clientX, event.clientY + scrollY, key) });
    },
    true,
  );
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, release, true);
  document.addEventListener("keydown", (event) => event.key === " " && !event.repeat && press({ key: null, isAside: false }), true);
  document.addEventListener("keyup", (event) => event.key === " " && release(), true);
  document.addEventListener(
    "click",
    (event) => {
      const control = controlOf(event.target);
      if (!control) return;
      const key = keyOf(control);
      const isByHand = event.detail > 0 && pressed;
      if (!isGuarded(control)) return;
      if (isByHand ? !pressed.isAside && pressed.key === key : !isNew(key)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      refused();
    },
    true,
  );
  addEventListener("resize", () => (seen.length = 0)); // whoever turns the phone knows that all has moved
  for (const control of controls()) since.set(keyOf(control), -AIMED_FOR_MS);

  return (one) => {
    if (pressed) waiting.push(one);
    else make([one]);
  };
};
