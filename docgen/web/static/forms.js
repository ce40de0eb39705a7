// A cell that was changed is checked at once; without this script the button below its table does the same.
const lost = document.querySelector("#lost");
let waiting = 0;
// The first question takes a moment: it is asked, about nothing, before somebody has to wait for it.
let last = fetch(document.querySelector("#edits").action, { method: "POST", body: new URLSearchParams() }).catch(() => {});

for (const row of document.querySelectorAll(".without-script")) row.hidden = true;

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.form?.id !== "edits") return;
  const data = new FormData();
  data.append(field.name, field.value);
  send(field.form.action, data, field);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-after]") && waiting) {
    event.preventDefault();
    last.then(() => form.submit());
  }
  if (!form.matches("[data-quick]")) return;
  event.preventDefault();
  if (form.id === "edits") return document.activeElement?.blur(); // what changed is sent when its field is left
  const data = new FormData(form);
  event.submitter?.focus(); // where something is typed nothing is replaced; this is said
  if (event.submitter?.name) data.append(event.submitter.name, event.submitter.value);
  send(form.action, data, event.submitter);
});

// One after the other; the page that comes back is shown when no other is on its way.
function send(address, data, from) {
  waiting += 1;
  from?.closest("tr")?.setAttribute("aria-busy", "true");
  last = last.then(async () => {
    try {
      const answer = await fetch(address, { method: "POST", body: data });
      const text = await answer.text();
      waiting -= 1;
      lost.hidden = true;
      if (!answer.ok) return location.reload();
      const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("#live");
      if (!fresh) return location.reload();
      if (!waiting) show(fresh);
    } catch {
      waiting -= 1;
      lost.hidden = false; // the server isn't there; what was typed still stands in its field
      from?.closest("tr")?.removeAttribute("aria-busy");
    }
  });
}

function show(fresh) {
  for (const row of fresh.querySelectorAll(".without-script")) row.hidden = true;
  const active = document.activeElement;
  const at = list().indexOf(active);
  renew(document.querySelector("#live"), fresh, active?.matches("input[type=text], textarea, select") ? active : null);
  if (active?.isConnected) return;
  const fields = list();
  (fields[Math.min(Math.max(at, 0), fields.length - 1)] ?? document.querySelector("#make button"))?.focus();
}

function list() {
  return [...document.querySelectorAll("#groups [form]")];
}

// Everything is replaced but the row in which somebody is typing: that would cut their input.
function renew(old, fresh, active) {
  if (!active || !old.contains(active)) return old.replaceWith(document.importNode(fresh, true));
  if (old.tagName === "TR") return old.removeAttribute("aria-busy");
  const known = new Map([...old.children].map((child, at) => [child.id || `${child.tagName}${at}`, child]));
  let before = null;
  for (const [at, child] of [...fresh.children].entries()) {
    const key = child.id || `${child.tagName}${at}`;
    const same = known.get(key);
    known.delete(key);
    if (same?.contains(active)) {
      renew(same, child, active);
      before = same;
      continue;
    }
    const made = document.importNode(child, true);
    if (same) same.replaceWith(made);
    else if (before) before.after(made);
    else old.prepend(made);
    before = made;
  }
  for (const gone of known.values()) if (!gone.contains(active)) gone.remove();
}
