// Keep what has been chosen in a form marked data-save-to as one goes. The form's own buttons do the same without this.
const PAUSE_MS = 1500; // long enough to change a slip of the thumb before anybody is told

for (const form of document.querySelectorAll("form[data-save-to]")) {
  const status = form.querySelector("[data-save-status]");
  const help = document.querySelector("template[data-help]");
  let waiting = null;
  let unsaved = false;

  const save = async () => {
    waiting = null;
    unsaved = false;
    status.textContent = form.dataset.saving;
    try {
      const answer = await fetch(form.dataset.saveTo, { method: "POST", body: new FormData(form), credentials: "same-origin" });
      const said = await answer.json(); // a form that is too late can still ask for help
      if (said.offer_help && help?.isConnected) {
        form.before(help.content.cloneNode(true)); // where the eye is, and once
        help.remove();
      }
      if (!answer.ok) throw new Error(answer.status);
      status.textContent = form.dataset.saved;
    } catch {
      unsaved = true;
      status.textContent = form.dataset.notSaved;
    }
  };

  form.addEventListener("change", () => {
    unsaved = true;
    clearTimeout(waiting);
    waiting = setTimeout(save, PAUSE_MS);
  });
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    unsaved = false;
  });
  // The page goes away (a call comes in, the phone is put down): what is chosen goes ahead of it.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden" || !unsaved) return;
    clearTimeout(waiting);
    navigator.sendBeacon(form.dataset.saveTo, new FormData(form));
    unsaved = false;
  });
}
