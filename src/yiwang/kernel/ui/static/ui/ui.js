// Small comforts. Every page works without this file; nothing here is the only way to do a thing.

/** Menus close when the focus or a click goes elsewhere, and on Escape. */
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.drop[open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
}
document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("focusin", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.activeElement?.closest("details.drop[open]");
  closeMenus(null);
  open?.querySelector("summary").focus();
  if (location.hash === "#side") location.hash = "";
});

/** Which headings of the menu stand open is remembered for a year; without script none is. */
document.addEventListener("click", (event) => {
  if (!event.target.closest?.(".side summary")) return;
  setTimeout(() => {
    const open = document.querySelectorAll(".side details[open]");
    const keys = Array.from(open, (one) => one.dataset.menu).join(".");
    document.cookie = `yiwang_menu=${keys}; path=/; max-age=31536000; samesite=lax`;
  });
});

/** File drop zones: dragging files in, and a list of what was chosen with sizes. */
function readableSize(bytes) {
  const units = ["B", "KB", "MB", "GB"];
  let step = 0;
  while (bytes >= 1024 && step < units.length - 1) { bytes /= 1024; step += 1; }
  return `${bytes.toFixed(step && bytes < 10 ? 1 : 0)} ${units[step]}`;
}
function listFiles(zone, input) {
  const list = zone.querySelector(".files");
  list.replaceChildren(...Array.from(input.files, (file) => {
    const line = document.createElement("li");
    const name = document.createElement("span");
    const size = document.createElement("span");
    name.textContent = file.name;
    size.textContent = readableSize(file.size);
    size.className = "muted nowrap";
    line.append(name, size);
    return line;
  }));
}
function addFiles(input, dropped) {
  const all = new DataTransfer();
  if (input.multiple) for (const file of input.files) all.items.add(file);
  for (const file of input.multiple ? dropped : Array.from(dropped).slice(0, 1)) all.items.add(file);
  input.files = all.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}
document.addEventListener("change", (event) => {
  const zone = event.target.closest?.(".dropzone");
  if (zone && event.target.type === "file") listFiles(zone, event.target);
});
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const zone = event.target.closest?.(".dropzone");
    if (!zone) return;
    event.preventDefault();
    zone.classList.toggle("over", kind === "dragover");
    if (kind === "drop") addFiles(zone.querySelector("input[type=file]"), event.dataTransfer.files);
  });
}

/** One box chooses all boxes of its form that bear the name; it is shown only where it works. */
function boxesOf(all) {
  return Array.from(all.form?.elements ?? []).filter((box) => box.type === "checkbox" && box.name === all.dataset.checkAll);
}
function countBoxes(all) {
  const boxes = boxesOf(all);
  const chosen = boxes.filter((box) => box.checked).length;
  all.checked = chosen > 0 && chosen === boxes.length;
  all.indeterminate = chosen > 0 && !all.checked;
}
function showCheckAll(part) {
  for (const all of part.querySelectorAll("input[data-check-all]")) { all.hidden = false; countBoxes(all); }
}
showCheckAll(document);
document.addEventListener("htmx:after:swap", () => showCheckAll(document));
document.addEventListener("change", (event) => {
  const { target } = event;
  if (target.dataset?.checkAll) for (const box of boxesOf(target)) box.checked = target.checked;
  for (const all of document.querySelectorAll("input[data-check-all]")) {
    if (all.form && all.form === target.form && all !== target && all.dataset.checkAll === target.name) countBoxes(all);
  }
});

/** Printing needs script, so its button shows only with it. */
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

/** Phrases below a place to write become buttons: one press puts one where the cursor stands. */
for (const part of document.querySelectorAll("[data-phrases]")) {
  const place = document.getElementById(part.dataset.phrases);
  const select = part.querySelector("select");
  const buttons = Array.from(select.options).filter((option) => option.value).map((option) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button compact";
    button.textContent = option.value;
    button.addEventListener("click", () => {
      place.setRangeText(option.value, place.selectionStart, place.selectionEnd, "end");
      place.focus();
    });
    return button;
  });
  const list = document.createElement("span");
  list.className = "phrase-list";
  list.setAttribute("role", "group");
  list.setAttribute("aria-label", part.querySelector("label").textContent);
  list.append(...buttons);
  part.querySelector("label").hidden = true;
  select.hidden = true;
  part.prepend(list);
}

/** A form sent twice by an impatient hand is sent once. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.matches("[data-again]")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  for (const button of form.querySelectorAll("button:not([type=button])")) button.setAttribute("aria-disabled", "true");
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
});

/** After "load more" the focus stands on the first new row. */
document.addEventListener("click", (event) => {
  const more = event.target.closest?.("a[data-more]");
  if (!more) return;
  const body = document.querySelector(more.dataset.more);
  const rows = body?.rows.length ?? 0;
  const watch = new MutationObserver(() => {
    const fresh = body.rows[rows];
    if (!fresh) return;
    watch.disconnect();
    fresh.tabIndex = -1;
    fresh.focus({ preventScroll: true });
  });
  if (body) watch.observe(body, { childList: true });
});
document.querySelector(".error-summary")?.focus();
