// A session's page: says whether it is told of changes, and shows what others record without touching what is typed here.
import { follow } from "./live.js";
import { changeBy, refresh } from "./recording/chart.js";
import { steadyHand } from "./steady_hand.js";

const change = steadyHand([...document.querySelectorAll("[data-region]")]);
changeBy(change);

let asking = false;
let askAgain = false;

const renew = async () => {
  askAgain = asking;
  if (asking) return;
  asking = true;
  await refresh().finally(() => {
    asking = false;
  });
  if (askAgain) renew();
};

follow(document.querySelector("[data-live]"), { changed: renew }, { change });
