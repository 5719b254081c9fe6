// A form sent twice is a mistake: the button rests while the first answer is on its way.
// It works again when the page comes back (back button), and without this script the server still refuses doubles.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method.toLowerCase() !== "post") return;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "yes";
  const button = event.submitter;
  if (!button) return;
  button.classList.add("is-sending");
  button.setAttribute("aria-busy", "true");
});

const rest = () => {
  for (const form of document.querySelectorAll("form[data-sending]")) delete form.dataset.sending;
  for (const button of document.querySelectorAll(".is-sending")) {
    button.classList.remove("is-sending");
    button.removeAttribute("aria-busy");
  }
};
window.addEventListener("pageshow", rest);
document.addEventListener("htmx:afterRequest", rest);
