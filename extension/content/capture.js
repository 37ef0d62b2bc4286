// @ts-check
/** Remembers the file that a person picks, drops or pastes, before any script of the page touches it. Runs only where
 * capture is on. What an event claims is kept as a claim: a page can make events itself, and then they are not trusted. */
(() => {
  const scope = /** @type {any} */ (globalThis);
  if (scope.creditlineCapture) return;
  scope.creditlineCapture = true;

  const PICTURE = /^image\//;
  const NAMES = /\.(?:jpe?g|png|webp|avif|heic|heif|gif|tiff?|dng|jxl)$/i;
  /** Files of one gesture; a folder of more is imported, not picked. */
  const MAX_FILES = 200;
  /** @type {WeakSet<File>} */
  const sent = new WeakSet();
  /** @type {WeakSet<EventTarget>} */
  const armed = new WeakSet();

  /** @param {Iterable<File> | null | undefined} files @param {string} gesture @param {boolean} trusted */
  function hand(files, gesture, trusted) {
    for (const file of Array.from(files ?? []).slice(0, MAX_FILES)) {
      if (sent.has(file) || !(PICTURE.test(file.type) || NAMES.test(file.name))) continue;
      sent.add(file);
      // The File itself goes, not its bytes: the browser hands over a reference.
      chrome.runtime.sendMessage({ type: "original", file, gesture, trusted }).catch(() => {});
    }
  }

  /** @param {EventTarget | null | undefined} target */
  function isFileInput(target) {
    return target instanceof HTMLInputElement && target.type === "file" ? target : null;
  }

  /** @param {Event} event */
  function picked(event) {
    const target = isFileInput(event.composedPath()[0]);
    // Pages clear the input at once: its files are read now.
    if (target) hand(target.files, "input", event.isTrusted);
    else if (event.composedPath()[0] instanceof HTMLElement) reach(/** @type {HTMLElement} */ (event.composedPath()[0]), event);
  }

  /** Behind a closed root the event names its host only. @param {HTMLElement} host @param {Event} event */
  function reach(host, event) {
    const root = closedRoot(host);
    for (const input of root?.querySelectorAll("input[type=file]") ?? []) {
      arm(/** @type {HTMLInputElement} */ (input));
      hand(/** @type {HTMLInputElement} */ (input).files, "input", event.isTrusted);
    }
  }

  /** @param {HTMLElement} element @returns {ShadowRoot | null} */
  function closedRoot(element) {
    try {
      return element.shadowRoot ?? /** @type {any} */ (element).openOrClosedShadowRoot ?? /** @type {any} */ (scope.chrome)?.dom?.openOrClosedShadowRoot(element) ?? null;
    } catch {
      return null;
    }
  }

  /** `change` crosses no shadow root, and a detached input's events reach no window. @param {HTMLInputElement} input */
  function arm(input) {
    if (armed.has(input)) return;
    armed.add(input);
    for (const type of ["input", "change"]) input.addEventListener(type, picked, { capture: true });
  }

  for (const type of ["input", "change"]) addEventListener(type, picked, { capture: true });
  addEventListener(
    "click",
    (event) => {
      for (const target of event.composedPath()) {
        const input = isFileInput(target);
        if (input) arm(input);
        else if (target instanceof HTMLElement) {
          for (const inside of closedRoot(target)?.querySelectorAll("input[type=file]") ?? []) arm(/** @type {HTMLInputElement} */ (inside));
        }
      }
    },
    { capture: true },
  );
  addEventListener("drop", (event) => hand(event.dataTransfer?.files, "drop", event.isTrusted), { capture: true });
  addEventListener("paste", (event) => hand(event.clipboardData?.files, "paste", event.isTrusted), { capture: true });
  // From hooks.js in the page's world: nodes cross worlds, so the listener here stands on the page's own input.
  addEventListener(
    "creditline:input",
    (event) => {
      const input = isFileInput(/** @type {MouseEvent} */ (event).relatedTarget);
      if (!input) return;
      if (input.dataset.creditlineHandle === undefined) arm(input);
      else hand(input.files, "handle", false);
    },
    { capture: true },
  );
})();
