// @ts-check
/** Badges in the top layer, glued to their pictures by CSS anchors: no script moves them, no page element is changed,
 * no layout shifts. They live in a closed shadow root under a name that no page can guess. */
(() => {
  const scope = /** @type {any} */ (globalThis);
  const creditline = (scope.creditline ??= {});
  if (creditline.overlay) return;

  const ANCHORS = CSS.supports("position-anchor", "auto");
  /** Firefox leaves out of the Tab order what is shown from a source that takes no focus: there a pin is shown from the
   * picture, and the badge is anchored to the pin. */
  const PINNED = ANCHORS && "openOrClosedShadowRoot" in Element.prototype;
  /** A page that takes the overlay out gets it back this often in ten seconds, then is left alone. */
  const MAX_RESTORED = 10, WITHIN = 10_000;
  /** Badges at once; more are on no screen. */
  const MAX_BADGES = 200;
  const MARGIN = 8;
  /** So far into its picture every badge reaches, whatever word it bears. */
  const INTO = MARGIN + 12;
  /** Badges opened for one frame: CSS finds the anchor of each by a layout of its own, of about half a millisecond. */
  const AT_ONCE = 8;
  /** What covers badges is asked when the page has rested so many milliseconds, in any case after the second number. */
  const REST = 150, LATEST = 600;

  const STYLE = `
    :host { all: initial !important; position: static !important; display: contents !important; }
    .batch { display: contents; }
    .batch.unseen { display: none; }
    * { box-sizing: border-box; }
    .badge {
      all: unset; box-sizing: border-box; position: fixed; inset: auto; margin: 0;
      display: none; align-items: center; justify-content: center; gap: 4px;
      min-width: 24px; height: 24px; max-width: min(60vw, 240px); padding: 0 8px;
      font: 600 12px/22px system-ui, sans-serif; letter-spacing: 0; text-align: center; white-space: nowrap;
      overflow: hidden; text-overflow: ellipsis; cursor: pointer; user-select: none;
      color: #fff; background: rgb(24 27 31 / 92%); border: 1px solid rgb(255 255 255 / 55%); border-radius: 6px;
    }
    .badge:popover-open { display: block; }
    .badge.anchored { position-anchor: auto; top: calc(anchor(top) + ${MARGIN}px); left: calc(anchor(left) + ${MARGIN}px); position-visibility: anchors-visible; }
    .pin { all: unset; position: fixed; inset: auto; width: 1px; height: 1px; pointer-events: none; position-anchor: auto; top: anchor(top); left: anchor(left); position-visibility: anchors-visible; }
    .badge.covered { visibility: hidden; }
    .badge:hover { background: rgb(0 0 0); }
    .badge:focus-visible { outline: 3px solid #fff; outline-offset: 0; box-shadow: 0 0 0 6px #000; }
    @media (forced-colors: active) {
      .badge { color: ButtonText; background: ButtonFace; border-color: ButtonText; }
      .badge:focus-visible { outline-color: Highlight; box-shadow: none; }
    }
    @media print { .badge { display: none !important; } }
  `;

  /** @type {HTMLElement | null} */
  let host = null;
  /** @type {ShadowRoot | null} */
  let root = null;
  /** @type {Map<any, HTMLButtonElement>} */
  const badges = new Map();
  /** @type {WeakMap<HTMLElement, HTMLElement>} */
  const pins = new WeakMap();
  let pinned = 0;
  /** @type {number[]} */
  let restored = [];
  /** @type {Set<any>} */
  const waiting = new Set();
  let checking = false, opening = false, gaveUp = false, following = false, due = 0, latest = 0;
  let control = new AbortController();

  /** The shadow root that badges and panel share. @returns {ShadowRoot} */
  function ensure() {
    if (root && host) {
      if (!host.isConnected) restore();
      return root;
    }
    const name = `x-${Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => (byte % 36).toString(36)).join("")}`;
    host = document.createElement(name);
    root = host.attachShadow({ mode: "closed" });
    addStyle(root, STYLE);
    for (const type of ["click", "dblclick", "pointerdown", "pointerup", "mousedown", "mouseup", "keydown", "keyup", "keypress"]) {
      // The page's shortcuts and click handlers are for the page.
      root.addEventListener(type, (event) => event.stopPropagation(), { signal: control.signal });
    }
    document.documentElement.append(host);
    addEventListener("scrollend", checkSoon, { capture: true, passive: true, signal: control.signal });
    addEventListener("resize", checkSoon, { passive: true, signal: control.signal });
    document.addEventListener("toggle", check, { capture: true, passive: true, signal: control.signal });
    return root;
  }

  /** @param {ShadowRoot} into @param {string} text */
  function addStyle(into, text) {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(text);
      into.adoptedStyleSheets = [...into.adoptedStyleSheets, sheet];
    } catch {
      const style = document.createElement("style");
      style.textContent = text;
      into.append(style);
    }
  }

  function restore() {
    if (!host || host.isConnected || gaveUp) return;
    const now = performance.now();
    restored = [...restored.filter((at) => now - at < WITHIN), now];
    if (restored.length > MAX_RESTORED) {
      gaveUp = true;
      return;
    }
    document.documentElement.append(host);
    for (const [record, badge] of badges) {
      badge.remove();
      openLater(record);
    }
  }

  /** Opens what waits, some at a time, the last first: they are what the person scrolls to. What a batch reads of the
   * page it reads first; while the batch is unseen an opened popover costs no layout, so all of it costs one. */
  function openSome() {
    const some = [...waiting].reverse().slice(0, AT_ONCE);
    const hidden = some.map((record) => covered(record, record.element.getBoundingClientRect()));
    const batch = document.createElement("div");
    batch.className = "batch unseen";
    ensure().append(batch);
    some.forEach((record, index) => {
      waiting.delete(record);
      const badge = badges.get(record);
      if (!badge) return;
      badge.classList.toggle("covered", hidden[index]);
      batch.append(badge);
      open(record, badge);
    });
    batch.classList.remove("unseen");
    if (waiting.size) requestAnimationFrame(openWhenIdle);
    else {
      opening = false;
      follow();
      checkSoon();
    }
  }

  const openWhenIdle = () => requestIdleCallback(openSome, { timeout: 100 });

  /** @param {any} record */
  function openLater(record) {
    waiting.add(record);
    if (opening) return;
    opening = true;
    openWhenIdle();
  }

  /** @param {any} record @param {HTMLElement} badge */
  function open(record, badge) {
    if (!glued(record)) place(record, badge);
    const from = glued(record) ? { source: record.element } : {};
    try {
      if (PINNED && glued(record)) pin(badge, from);
      /** @type {any} */ (badge).showPopover(PINNED ? {} : from);
    } catch {
      // The picture left the document meanwhile.
    }
  }

  /** @param {HTMLElement} badge @param {{source?: HTMLElement}} from */
  function pin(badge, from) {
    pins.get(badge)?.remove();
    const made = document.createElement("span"), name = `--pin-${++pinned}`;
    made.className = "pin";
    made.popover = "manual";
    /** @type {any} */ (made.style).anchorName = /** @type {any} */ (badge.style).positionAnchor = name;
    pins.set(badge, made);
    badge.before(made);
    /** @type {any} */ (made).showPopover(from);
  }

  /** @param {any} record */
  function close(record) {
    const badge = badges.get(record), batch = badge?.parentElement;
    if (badge) pins.get(badge)?.remove();
    badge?.remove();
    if (batch && !batch.childElementCount) batch.remove();
    badges.delete(record);
    waiting.delete(record);
  }

  /** Whether CSS keeps the badge on its picture; SVG elements are no anchors of popovers. @param {any} record */
  const glued = ({ element }) => ANCHORS && element instanceof HTMLElement;

  /** @param {any} record @param {HTMLElement} badge */
  function place(record, badge) {
    const { top, left } = record.element.getBoundingClientRect();
    badge.style.top = `${top + MARGIN}px`;
    badge.style.left = `${left + MARGIN}px`;
  }

  /** Hides badges whose picture is scrolled away or lies under something of the page, when the browser has time. */
  function check() {
    if (checking || !badges.size) return;
    checking = true;
    requestIdleCallback(
      () => {
        checking = false;
        for (const [record, badge] of badges) if (!glued(record)) place(record, badge);
        // All is asked before anything is changed: each change would have the page laid out again.
        const open = [...badges].filter(([record]) => !waiting.has(record));
        const found = open.map(([record, badge]) => ({ badge, hidden: covered(record, badge.getBoundingClientRect()) }));
        for (const { badge, hidden } of found) badge.classList.toggle("covered", hidden);
      },
      { timeout: 150 },
    );
  }

  /** CSS moves the badges; only those on SVG are moved here, while there are any. */
  function follow() {
    const some = [...badges.keys()].some((record) => !glued(record));
    if (some === following) return;
    following = some;
    if (some) addEventListener("scroll", scrolled, { capture: true, passive: true, signal: control.signal });
    else removeEventListener("scroll", scrolled, { capture: true });
  }

  function scrolled() {
    for (const [record, badge] of badges) if (!glued(record)) place(record, badge);
  }

  /** As `check`, for changes that come in swarms: once they rest. */
  function checkSoon() {
    if (!badges.size) return;
    const now = performance.now();
    due = now + REST;
    if (latest) return;
    latest = now + LATEST;
    setTimeout(rested, REST);
  }

  function rested() {
    const wait = Math.min(due, latest) - performance.now();
    if (wait > 1) {
      setTimeout(rested, wait);
      return;
    }
    latest = 0;
    check();
  }

  /** Whether something lies over a badge, given its box, or that of the picture while the badge has none yet.
   * @param {any} record @param {DOMRect} box */
  function covered({ element, url }, box) {
    const x = box.left + Math.min(box.width / 2, INTO), y = box.top + Math.min(box.height / 2, INTO);
    if (!box.width || x < 0 || y < 0 || x > innerWidth || y > innerHeight) return false;
    if (getComputedStyle(element).pointerEvents === "none") return false;
    /** @type {Element[]} */
    const hosts = [];
    for (let at = element.getRootNode(); at instanceof ShadowRoot; at = at.host.getRootNode()) hosts.push(at.host);
    for (const above of document.elementsFromPoint(x, y)) {
      if (above === host) continue;
      if (above === element || hosts.includes(above)) return false;
      if (above.contains(element) || element.contains(above)) continue;
      if (opaque(above, url)) return true;
    }
    return true;
  }

  /** Whether nothing behind it shows. A layer with the same picture is the picture. @param {Element} element
   * @param {string} url */
  function opaque(element, url) {
    if (element.closest("img, video, canvas, iframe, object, embed")) return creditline.finder.urlOf(element) !== url;
    const style = getComputedStyle(element);
    if (Number(style.opacity) < 0.5) return false;
    if (style.backgroundImage !== "none") return style.backgroundImage.includes("url(") && !creditline.finder.backgroundsOf(element).includes(url);
    const alpha = /rgba?\([^)]*[,/]\s*([\d.]+)\)$/.exec(style.backgroundColor);
    return style.backgroundColor !== "transparent" && (!alpha || !style.backgroundColor.startsWith("rgba") || Number(alpha[1]) > 0.5);
  }

  creditline.overlay = {
    ensure,
    addStyle,
    check,
    checkSoon,
    badges,
    /** @param {any} record @param {(badge: HTMLButtonElement) => void} activate */
    show(record, activate) {
      if (badges.has(record) || !record.view?.badge || badges.size >= MAX_BADGES || gaveUp) return;
      const badge = document.createElement("button");
      badge.type = "button";
      badge.className = glued(record) ? "badge anchored" : "badge";
      badge.popover = "manual";
      badge.lang = record.view.language;
      badge.textContent = record.view.badge;
      badge.setAttribute("aria-label", record.view.name);
      badge.setAttribute("aria-haspopup", "dialog");
      badge.addEventListener("click", () => activate(badge));
      badges.set(record, badge);
      openLater(record);
    },
    /** @param {any} record */
    hide(record) {
      if (!badges.has(record)) return;
      close(record);
      follow();
    },
    restore,
    /** The record whose badge lies at a point, for badges that a modal dialog makes inert. @param {number} x
     * @param {number} y */
    at(x, y) {
      for (const [record, badge] of badges) {
        const { left, right, top, bottom } = badge.getBoundingClientRect();
        const inside = x >= left && x <= right && y >= top && y <= bottom;
        if (inside && !badge.classList.contains("covered")) return { record, badge };
      }
      return null;
    },
    state: () => (gaveUp ? "removed" : badges.size ? "shown" : "none"),
    stop() {
      control.abort();
      control = new AbortController();
      badges.clear();
      waiting.clear();
      host?.remove();
      host = root = null;
      gaveUp = following = false;
      restored = [];
    },
  };
})();
