// Pictures dragged onto a file field: one to inspect, two to compare. The form works without this.
for (const zone of document.querySelectorAll("[data-drop]")) {
  const fields = [...zone.querySelectorAll("input[type=file]")];
  const note = zone.querySelector("[data-drop-note]");
  if (note) note.hidden = false;
  for (const kind of ["dragenter", "dragover"]) {
    zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.add("over"); });
  }
  zone.addEventListener("dragleave", (event) => {
    if (!zone.contains(event.relatedTarget)) zone.classList.remove("over");
  });
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    const files = [...event.dataTransfer.files];
    if (!files.length) return;
    const free = fields.filter((field) => !field.files.length);
    const targets = free.length >= files.length ? free : fields;
    files.slice(0, targets.length).forEach((file, number) => {
      const one = new DataTransfer();
      one.items.add(file);
      targets[number].files = one.files;
    });
    const required = fields.filter((field) => field.required);
    if (required.every((field) => field.files.length)) zone.closest("form").requestSubmit();
    else fields.find((field) => !field.files.length).focus();
  });
}
