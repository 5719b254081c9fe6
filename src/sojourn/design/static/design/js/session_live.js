// A session's page: says whether it is told of changes, and shows what others record without touching what is typed here.
import { follow } from "./live.js";

const PARTS = ['[data-region="now"]', '[data-region="told"]'];
let asking = false;
let askAgain = false;

const renew = async () => {
  if (asking) {
    askAgain = true;
    return;
  }
  asking = true;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (answer.ok && !answer.redirected) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of PARTS) {
        const [old, fresh] = [document.querySelector(part), page.querySelector(part)];
        if (old && fresh && !old.contains(document.activeElement)) old.replaceWith(document.adoptNode(fresh));
      }
    }
  } catch {
    // the line above says that nothing is told; the next tick or change asks again
  }
  asking = false;
  if (askAgain) {
    askAgain = false;
    renew();
  }
};

follow(document.querySelector("[data-live]"), { changed: renew });
