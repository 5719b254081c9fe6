// The four stages, gone through by hand: a time on the slider, how high each stage stands then, and a choice of which kinds
// of evidence the list below shows. Without this script the drawing, its table and the whole list stand as they are.
const part = document.querySelector("[data-explorer]");
const LANES = "svg.stages > svg";

const inWords = (hours) => {
  if (hours < 1) return `${Math.round(hours * 60)} minutes`;
  if (hours < 48) return `${Math.round(hours)} ${Math.round(hours) === 1 ? "hour" : "hours"}`;
  return `${Math.round(hours / 24)} days`;
};

const standing = (share) => {
  if (share > 0.9) return "at its highest";
  if (share > 0.5) return "strong";
  return share > 0.1 ? "weak" : "hardly there";
};

const explore = () => {
  const { hours, stages } = JSON.parse(document.getElementById("courses").textContent);
  const slider = part.querySelector("input[type=range]");
  const rows = [...part.querySelectorAll(".explorer__stages li")];
  const lanes = [...document.querySelectorAll(LANES)];
  const first = hours[0];
  const last = hours[hours.length - 1];
  slider.max = String(hours.length - 1);

  const marks = lanes.map((lane) => {
    const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
    line.setAttribute("class", "stage-now");
    for (const [name, value] of [["y1", lane.getAttribute("y")], ["y2", Number(lane.getAttribute("y")) + lane.height.baseVal.value]]) {
      line.setAttribute(name, String(value));
    }
    lane.after(line);
    return line;
  });

  const show = () => {
    const place = Number(slider.value);
    const across = `${(100 * Math.log(hours[place] / first)) / Math.log(last / first)}%`;
    const when = inWords(hours[place]);
    part.querySelector("[data-explorer-when]").textContent = when;
    slider.setAttribute("aria-valuetext", when);
    for (const mark of marks) {
      mark.setAttribute("x1", across);
      mark.setAttribute("x2", across);
    }
    rows.forEach((row, number) => {
      const share = stages[number].heights[place];
      row.querySelector(".explorer__bar span").style.inlineSize = `${Math.round(100 * share)}%`;
      row.querySelector(".explorer__share").textContent = standing(share);
    });
  };

  const sift = () => {
    const chosen = new Set([...part.querySelectorAll("input:checked")].map((box) => box.value));
    for (const line of document.querySelectorAll("[data-seen-in]")) line.hidden = !chosen.has(line.dataset.seenIn);
  };

  slider.addEventListener("input", show);
  for (const box of part.querySelectorAll("input[type=checkbox]")) box.addEventListener("change", sift);
  part.hidden = false;
  show();
  sift();
};

if (part && document.documentElement.lang.startsWith("en")) explore();
