// Comforts of forms. Without this file every button does the same by sending the page.

const ROW = /__row__/g;

/** Questions that depend on answers come and go as one answers; the server says which. */
function place(form, key, isAsked) {
  const held = form.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!held || isAsked === (held.tagName !== "TEMPLATE")) return;
  const other = document.createElement(isAsked ? "div" : "template");
  for (const { name, value } of held.attributes) other.setAttribute(name, value);
  if (isAsked) other.append(held.content);
  else other.content.append(...held.childNodes);
  held.replaceWith(other);
  if (!isAsked) return;
  globalThis.htmx?.process(other);
  offerPlace(other);
}
async function follow(form) {
  const sent = new FormData(form);
  for (const [name, value] of [...sent]) if (value instanceof File) sent.delete(name);
  sent.set("do", "asked");
  const plain = form.querySelector("[data-plain]");
  try {
    const answer = await fetch(form.action, { method: "POST", body: sent, headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const { asked, parts } = await answer.json();
    for (const held of [...form.querySelectorAll("[data-key]")]) place(form, held.dataset.key, asked.includes(held.dataset.key));
    for (const part of form.querySelectorAll("section[data-part]")) part.hidden = !parts.includes(Number(part.dataset.part));
    plain.hidden = true;
  } catch {
    plain.hidden = false;
  }
}
for (const form of document.querySelectorAll("form[data-conditions]")) {
  form.querySelector("[data-plain]").hidden = true;
  form.addEventListener("change", (event) => { if (event.target.closest("[data-decides]")) follow(form); });
}

/** Rows are added and taken away where they stand. */
function renumber(group) {
  const rows = [...group.querySelectorAll(":scope > [data-row]")];
  rows.forEach((row, at) => { for (const told of row.querySelectorAll("[data-number]")) told.textContent = String(at + 1); });
  group.querySelector(":scope > [data-add]").hidden = rows.length >= Number(group.dataset.most);
}
function addRow(group) {
  const used = [...group.querySelectorAll(`:scope > [data-row] > input[name="${group.dataset.rows}-row"]`)];
  const token = String(Math.max(-1, ...used.map((one) => Number(one.value))) + 1);
  const pattern = group.querySelector(":scope > template");
  const made = document.createElement("template");
  made.innerHTML = pattern.innerHTML.replace(ROW, token);
  const row = made.content.firstElementChild;
  pattern.before(row);
  globalThis.htmx?.process(row);
  renumber(group);
  row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}
function removeRow(group, row) {
  row.remove();
  renumber(group);
  group.focus();
}
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-add], [data-remove]");
  const group = button?.closest("[data-rows]");
  if (!group) return;
  event.preventDefault();
  if ("add" in button.dataset) addRow(group);
  else removeRow(group, button.closest("[data-row]"));
});

/** A place can be taken from where one is. */
function offerPlace(root) {
  for (const input of navigator.geolocation ? root.querySelectorAll("input[data-place]") : []) {
    if (input.nextElementSibling) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button compact";
    button.textContent = input.dataset.place;
    button.addEventListener("click", () => navigator.geolocation.getCurrentPosition(({ coords }) => {
      input.value = `${coords.longitude.toFixed(6)},${coords.latitude.toFixed(6)}`;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }));
    input.after(button);
  }
}
offerPlace(document);

/** Before a page is sent it is asked whether anybody is there to take it: else it would be lost. */
async function listen(form) {
  try {
    const answer = await fetch(form.dataset.alive, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout?.(8000) });
    return answer.redirected ? form.dataset.gone : "";
  } catch {
    return form.dataset.silent;
  }
}
function tell(form, text) {
  let note = form.querySelector(":scope > .note.red");
  if (!note) {
    note = document.createElement("div");
    note.className = "note red";
    note.tabIndex = -1;
    note.setAttribute("role", "alert");
    form.querySelector(":scope > .actions").before(note);
  }
  note.textContent = text;
  note.focus();
}
for (const form of document.querySelectorAll("form.filling")) {
  let state = "";
  form.addEventListener("submit", (event) => {
    if (state === "heard") { state = ""; return; }
    event.preventDefault();
    event.stopPropagation();
    if (state === "listening") return;
    state = "listening";
    const { submitter } = event;
    listen(form).then((text) => {
      state = text ? "" : "heard";
      if (text) tell(form, text);
      else form.requestSubmit(submitter);
    });
  });
}
