// Sends large files with how much of them is sent; shows verdicts as they come. Without it forms and pages do the same.
const form = document.querySelector("form[data-send]");
const live = document.querySelector("[data-live]");
const pause = 1500;

function spell(size) {
  const units = ["B", "KB", "MB", "GB"];
  let unit = 0;
  for (; size >= 1000 && unit < units.length - 1; unit += 1) size /= 1000;
  return `${size.toFixed(unit ? 1 : 0)} ${units[unit]}`;
}

function send(event) {
  event.preventDefault();
  const box = form.querySelector("[data-sending]");
  const bar = box.querySelector("progress");
  const sent = box.querySelector("[data-sent]");
  const fault = form.querySelector("[data-fault]");
  const button = form.querySelector("button[type=submit]");
  const label = button.dataset.label ?? (button.dataset.label = button.dataset.ready);
  const request = new XMLHttpRequest();
  const refuse = (lines) => {
    fault.replaceChildren(...lines.map((line) => Object.assign(document.createElement("p"), { textContent: line })));
    fault.hidden = false;
    box.hidden = true;
    button.disabled = false;
    button.textContent = label;
  };
  fault.hidden = true;
  box.hidden = false;
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.max = total;
    bar.value = loaded;
    sent.textContent = sent.dataset.template.replace("{done}", spell(loaded)).replace("{total}", spell(total));
  });
  request.addEventListener("error", () => refuse([fault.dataset.lost]));
  request.addEventListener("load", () => {
    if (request.status < 400) return location.assign(request.responseURL);
    try {
      refuse(JSON.parse(request.responseText).diagnostics.flatMap((item) => [item.message, item.mend]));
    } catch {
      refuse([fault.dataset.lost]);
    }
  });
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.send(new FormData(form));
}

async function look() {
  try {
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-live]");
    if (fresh && !fresh.isEqualNode(live) && !live.contains(document.activeElement)) {
      live.replaceChildren(...fresh.childNodes);
    }
  } catch {
    // the server isn't there; progress.js says so
  }
  setTimeout(look, pause);
}

if (form) {
  const button = form.querySelector("button[type=submit]");
  button.dataset.ready = button.textContent;
  form.addEventListener("submit", send);
}
if (live) setTimeout(look, pause);
