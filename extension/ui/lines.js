// @ts-check
/** A view as the extension's own pages show it: the same lines as the panel, as text. */

/** @param {string} tag @param {string} text @param {string} [className] */
export function element(tag, text, className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

/** @param {import("../lib/view.js").View} view */
export function lines(view) {
  const list = document.createElement("dl");
  for (const line of view.lines) {
    const value = document.createElement("dd");
    if (line.href) {
      const link = document.createElement("a");
      link.href = line.href;
      link.target = "_blank";
      link.rel = "noreferrer noopener nofollow";
      link.textContent = line.value;
      value.append(link);
    } else value.textContent = line.value;
    list.append(element("dt", line.term), value);
    if (line.note) list.append(element("dd", line.note, "note"));
  }
  return list;
}
