// Looks how far a job is, and shows its page anew when it is over; without this script the page is loaded every few seconds.
const box = document.querySelector("[data-progress]");
const bar = box.querySelector("progress");
const count = box.querySelector("[data-count]");
const name = box.querySelector("[data-name]");
const lost = document.querySelector("[data-lost]");
const pause = 700;

function show(step) {
  if (step.total_bytes || step.total) {
    bar.max = step.total_bytes || step.total;
    bar.value = step.total_bytes ? step.bytes : step.done;
    count.textContent = step.total
      ? count.dataset.template.replace("{done}", step.done).replace("{total}", step.total)
      : `${Math.floor((100 * step.bytes) / step.total_bytes)}%`;
  }
  name.textContent = step.name;
}

async function look() {
  try {
    const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" } });
    if (answer.status === 401 || answer.status === 404) return location.reload();
    const step = await answer.json();
    lost.hidden = true;
    if (step.is_over) return location.reload();
    show(step);
  } catch {
    lost.hidden = false; // the server isn't there; perhaps it comes back
  }
  setTimeout(look, pause);
}
look();
