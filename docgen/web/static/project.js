// Checks what is typed into a record's form, a moment after the last key; without this script saving tells the same.
const form = document.querySelector("#record");
const changed = new Map();
const pause = 250;
let timer = 0;
let number = 0;

function read(name) {
  const data = new FormData(form);
  return data.getAll(name);
}

async function look() {
  const data = new FormData();
  data.append("at", form.elements.at.value);
  for (const name of changed.keys()) for (const value of read(name)) data.append(name, value);
  const own = (number += 1);
  try {
    const answer = await fetch(form.dataset.try, { method: "POST", body: data, headers: { Accept: "application/json" } });
    const reply = await answer.json();
    if (own !== number) return; // somebody typed on
    if (reply.faults) show(reply.faults);
    else tell(reply.diagnostics.map((item) => `${item.message} ${item.mend}`).join(" "));
  } catch {
    // the server isn't there; saving will say so
  }
}

function tell(text) {
  const note = form.querySelector("[data-unsaved]");
  if (note) note.textContent = text;
}

function show(faults) {
  const classes = { error: "bad", warning: "warn" };
  for (const box of form.querySelectorAll("[data-messages]")) {
    const name = box.dataset.messages;
    if (form.elements.at.value === "" && !changed.has(name)) continue;
    const items = faults[name] ?? [];
    const lines = items.map((item) => {
      const line = document.createElement("span");
      line.className = classes[item.kind] ?? "quiet";
      line.textContent = item.kind === "lack" ? item.text : `${item.text} ${item.mend}`;
      return line;
    });
    const fresh = document.createElement("span");
    fresh.append(...lines);
    if (fresh.textContent !== box.textContent.trim()) box.replaceChildren(...lines);
    const isBad = items.some((item) => item.kind === "error");
    for (const field of form.elements) {
      if (field.name !== name || !name || field.type === "hidden" || field.type === "checkbox") continue;
      if (isBad) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
  }
}

function note(event) {
  const name = event.target.name;
  if (event.isComposing || !name || !/^[el]:/.test(name)) return;
  changed.set(name, true);
  tell(form.querySelector("[data-unsaved]")?.dataset.unsaved ?? "");
  clearTimeout(timer);
  timer = setTimeout(look, pause);
}

if (form) {
  form.addEventListener("input", note);
  form.addEventListener("compositionend", note);
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button?.name === "remove" && !window.confirm(`${button.getAttribute("aria-label")}？`)) event.preventDefault();
    else changed.clear();
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed.size) event.preventDefault();
  });
}
