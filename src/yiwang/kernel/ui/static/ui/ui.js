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
for (const all of document.querySelectorAll("input[data-check-all]")) {
  const boxes = () => Array.from(all.form.querySelectorAll(`input[type=checkbox][name="${all.dataset.checkAll}"]`));
  const count = () => {
    const chosen = boxes().filter((box) => box.checked).length;
    all.checked = chosen > 0 && chosen === boxes().length;
    all.indeterminate = chosen > 0 && !all.checked;
  };
  all.hidden = false;
  all.addEventListener("change", () => { for (const box of boxes()) box.checked = all.checked; });
  all.form.addEventListener("change", (event) => { if (event.target.name === all.dataset.checkAll) count(); });
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
