// Counts a text while it is edited: the server counts, its page's figures are put in place of those shown. What is
// typed is never touched, and nothing is asked while an input method composes.
const form = document.querySelector("form[data-count]");
const lost = document.querySelector("[data-lost]");
const pause = 150;
let timer = 0, composing = false, asking = false, again = false;

form.querySelector("[data-scriptless]").hidden = true;
form.addEventListener("compositionstart", () => { composing = true; clearTimeout(timer); });
form.addEventListener("compositionend", () => { composing = false; wait(); });
form.addEventListener("input", (event) => { if (!event.isComposing) wait(); });
// What was typed before this script came, or what the browser itself kept, isn't counted yet.
if ([...form.elements].some((field) => field.defaultValue !== undefined && field.value !== field.defaultValue)) wait();

function wait() {
  clearTimeout(timer);
  if (!composing) timer = setTimeout(count, pause);
}

async function count() {
  if (asking) { again = true; return; }
  asking = true;
  again = false;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (!answer.ok) throw new Error(answer.status);
    show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    lost.hidden = true;
  } catch {
    lost.hidden = false; // the server isn't there; perhaps it comes back
  }
  asking = false;
  if (again) wait();
}

function show(page) {
  for (const place of document.querySelectorAll("[data-live]")) {
    const update = page.querySelector(`[data-live="${place.dataset.live}"]`);
    if (update && !update.isEqualNode(place)) place.replaceChildren(...update.childNodes);
  }
}
