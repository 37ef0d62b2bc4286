// @ts-check
/** The panel (L2): facts with their sources as text, never as markup. Opens over modal dialogs too, closes with Esc,
 * gives the focus back. */
(() => {
  const scope = /** @type {any} */ (globalThis);
  const creditline = (scope.creditline ??= {});
  if (creditline.panel) return;

  const STYLE = `
    .panel {
      position: fixed; inset: auto; margin: 0; padding: 16px; border: 1px solid #8a9199; border-radius: 10px;
      width: min(360px, calc(100vw - 16px)); max-height: min(70vh, calc(100vh - 16px)); overflow: auto;
      overscroll-behavior: contain; color: #16191d; background: #fff; box-shadow: 0 6px 28px rgb(0 0 0 / 35%);
      font: 14px/1.45 system-ui, sans-serif; text-align: start; overflow-wrap: anywhere; color-scheme: light;
    }
    .panel::backdrop { background: transparent; }
    .panel:popover-open, .panel[open] { display: block; }
    h2 { margin: 0 36px 4px 0; font-size: 16px; line-height: 1.3; }
    [dir=rtl] h2 { margin: 0 0 4px 36px; }
    p { margin: 0 0 12px; color: #4a525b; }
    dl { margin: 0; }
    dt { margin-top: 10px; font-size: 12px; color: #4a525b; }
    dd { margin: 0; white-space: pre-line; }
    dd.note { font-size: 12px; color: #4a525b; }
    a { color: #0a4f9e; text-underline-offset: 2px; }
    .close, .more { all: unset; box-sizing: border-box; cursor: pointer; border-radius: 6px; min-height: 28px; }
    .close { position: absolute; top: 10px; inset-inline-end: 10px; width: 28px; text-align: center; font: 18px/28px system-ui; }
    .more { margin-top: 14px; padding: 4px 10px; border: 1px solid #8a9199; color: #16191d; }
    .close:hover, .more:hover { background: #eef1f4; }
    :focus-visible { outline: 3px solid #0a4f9e; outline-offset: 2px; }
    @media (prefers-color-scheme: dark) {
      .panel { color: #e8eaed; background: #1d2126; border-color: #6c757d; color-scheme: dark; }
      p, dt, dd.note { color: #b4bcc4; }
      a { color: #8ec1ff; }
      .more { color: #e8eaed; border-color: #6c757d; }
      .close:hover, .more:hover { background: #2b3138; }
      :focus-visible { outline-color: #8ec1ff; }
    }
    @media (forced-colors: active) {
      .panel { border-color: CanvasText; box-shadow: none; }
      p, dt, dd.note { color: CanvasText; }
      .more { border-color: ButtonText; color: ButtonText; }
      :focus-visible { outline-color: Highlight; }
    }
  `;

  /** @type {HTMLDialogElement | null} */
  let panel = null;
  /** @type {{focus: () => void} | null} */
  let returnTo = null;
  /** @type {ShadowRoot | null} */
  let styled = null;

  /** @param {string} tag @param {string} text @param {string} [className] */
  function element(tag, text, className = "") {
    const made = document.createElement(tag);
    made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  /** @param {any} view */
  function fill(view) {
    const dialog = document.createElement("dialog");
    dialog.className = "panel";
    dialog.lang = view.language;
    dialog.dir = "auto";
    const heading = element("h2", view.title);
    heading.id = "title";
    dialog.setAttribute("aria-labelledby", "title");
    const close = element("button", "×", "close");
    close.setAttribute("type", "button");
    close.setAttribute("aria-label", view.close);
    close.addEventListener("click", shut);
    const list = document.createElement("dl");
    for (const line of view.lines) {
      list.append(element("dt", line.term));
      const value = document.createElement("dd");
      if (line.href) {
        const link = document.createElement("a");
        link.href = line.href;
        link.target = "_blank";
        link.rel = "noreferrer noopener nofollow";
        link.textContent = line.value;
        value.append(link);
      } else value.textContent = line.value;
      list.append(value);
      if (line.note) list.append(element("dd", line.note, "note"));
    }
    // Tab goes from the closing button, which has the focus first, to the links.
    dialog.append(heading, close, element("p", view.state), list);
    if (view.more) {
      const more = element("button", view.details, "more");
      more.setAttribute("type", "button");
      more.addEventListener("click", () => chrome.runtime.sendMessage({ type: "open", url: view.more }).catch(() => {}));
      dialog.append(more);
    }
    dialog.addEventListener("close", shut);
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      shut();
    });
    return { dialog, close };
  }

  /** Below what it belongs to, else above, always inside the window. @param {HTMLElement} dialog
   * @param {{left: number, bottom: number, top: number}} near */
  function place(dialog, near) {
    const { width, height } = dialog.getBoundingClientRect();
    const left = Math.max(8, Math.min(near.left, innerWidth - width - 8));
    const below = near.bottom + 6;
    const top = below + height <= innerHeight - 8 ? below : Math.max(8, Math.min(near.top - height - 6, innerHeight - height - 8));
    dialog.style.left = `${left}px`;
    dialog.style.top = `${Math.max(8, top)}px`;
  }

  function shut() {
    if (!panel) return;
    const closing = panel;
    panel = null;
    removeEventListener("pointerdown", outside, true);
    removeEventListener("keydown", escaped, true);
    if (closing.open) closing.close();
    closing.remove();
    try {
      returnTo?.focus();
    } catch {
      // What had the focus is gone.
    }
    returnTo = null;
  }

  /** @param {PointerEvent} event */
  function outside(event) {
    const host = /** @type {ShadowRoot | undefined} */ (panel?.getRootNode())?.host;
    if (host && !event.composedPath().includes(host)) shut();
  }

  /** Also after Tab has left the panel, which is not modal. @param {KeyboardEvent} event */
  function escaped(event) {
    if (event.key !== "Escape" || !event.isTrusted) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    shut();
  }

  creditline.panel = {
    /** @param {any} view @param {{near: DOMRect | {left: number, top: number, bottom: number}, back?: HTMLElement | null,
     *   modal?: boolean}} how */
    open(view, { near, back = null, modal = false }) {
      shut();
      const root = creditline.overlay.ensure();
      if (root !== styled) creditline.overlay.addStyle(root, STYLE);
      styled = root;
      const active = document.activeElement;
      returnTo = back ?? (active instanceof HTMLElement ? active : null);
      const { dialog, close } = fill(view);
      panel = dialog;
      if (!modal) dialog.popover = "manual";
      root.append(dialog);
      // Not modal where it can be: the page stays usable, and its own popovers stay open.
      if (modal) dialog.showModal();
      else dialog.showPopover();
      place(dialog, near);
      close.focus();
      addEventListener("pointerdown", outside, true);
      addEventListener("keydown", escaped, true);
      return dialog;
    },
    shut,
    isOpen: () => panel !== null,
  };
})();
