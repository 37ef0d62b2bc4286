// @ts-check
/** Finds what shows a picture: elements, CSS backgrounds, open and closed shadow roots; what comes, grows and goes.
 * Nothing of the page is changed, and only what stays near the viewport is looked at. */
(() => {
  const scope = /** @type {any} */ (globalThis);
  if (scope.creditline?.finder) return;
  const creditline = (scope.creditline ??= {});

  /**
   * `since`: when it came near the viewport; `size`: as last observed, empty until then; `passed`: whether it may be labelled.
   * @typedef {{element: Element, url: string, view: any, visible: boolean, background: string, since: number, size: string,
   *   passed: boolean}} Record
   * @typedef {{seen: (record: Record) => void, gone: (record: Record) => void, changed: () => void}} Listener
   */

  const SELECTOR = "img, video, image, input[type=image], object[data], embed[src]";
  /** Displayed size in CSS pixels: smaller ones are icons and faces in lists. */
  const MIN_SIDE = 72, MIN_AREA = 10_000;
  /** Added nodes in one batch, past which the whole root is looked at again, once. */
  const HUGE = 1_000;
  /** Milliseconds of one go through the page's elements, and elements looked at in all when backgrounds are sought. */
  const SLICE = 4, MAX_BACKGROUNDS = 30_000;
  /** Elements watched; a page with more shows nobody all of them. */
  const MAX_WATCHED = 20_000;
  const MARGIN = 150;
  /** What flies past nobody reads: a picture is looked at when it has stayed near the viewport for so many
   * milliseconds, and what came and went is gone through at this pace. */
  const DWELL = 120, PACE = 60;
  /** Observers work in each frame of a scroll; they rest until it has paused so many milliseconds, or lasted so many. */
  const STILL = 80, LONGEST = 400;
  /** Elements that can have a shadow root beside custom ones; asking the browser for a closed one is slow. */
  const HOSTS = /-|^(?:article|aside|blockquote|body|div|footer|h[1-6]|header|main|nav|p|section|span)$/;
  const WAITING_HOSTS = 500, HOST_TRIES = 60;

  /** @type {Map<Element, Record>} */
  const records = new Map();
  /** @type {WeakSet<Node>} */
  let roots = new WeakSet();
  /** @type {Map<Element, number>} */
  const unready = new Map();
  /** @type {Set<string>} */
  const styled = new Set();
  let control = new AbortController();
  /** @type {Listener} */
  let listener = { seen() {}, gone() {}, changed() {} };
  /** @type {Set<Record>} */
  const turns = new Set();
  let sweeping = false, soughtBackgrounds = 0, seeking = false, taking = false, movedAt = 0, pausedAt = 0;

  /** The shadow root of an element, closed ones too where the browser lets an extension see them.
   * @param {Element} element @returns {ShadowRoot | null} */
  function shadowOf(element) {
    if (element.shadowRoot) return element.shadowRoot;
    if (!(element instanceof HTMLElement)) return null;
    try {
      const firefox = /** @type {any} */ (element).openOrClosedShadowRoot;
      if (firefox !== undefined) return firefox;
      return /** @type {any} */ (scope.chrome)?.dom?.openOrClosedShadowRoot(element) ?? null;
    } catch {
      return null;
    }
  }

  /** The address of what an element shows now; empty for none. @param {Element} element */
  function urlOf(element) {
    const background = records.get(element)?.background;
    if (background) return background;
    if (element instanceof HTMLImageElement) return element.currentSrc || element.src;
    if (element instanceof HTMLVideoElement) return element.poster || element.currentSrc || element.src;
    if (element instanceof HTMLInputElement) return element.src;
    if (element instanceof HTMLObjectElement) return /^image\//.test(element.type) || isPicture(element.data) ? element.data : "";
    if (element instanceof HTMLEmbedElement) return /^image\//.test(element.type) || isPicture(element.src) ? element.src : "";
    if (element instanceof SVGImageElement) return absolute(element.href.baseVal);
    return "";
  }

  /** @param {string} url */
  const isPicture = (url) => /\.(?:jpe?g|png|webp|avif|gif)(?:[?#]|$)/i.test(url);

  /** @param {string} url */
  function absolute(url) {
    return url && URL.canParse(url, document.baseURI) ? new URL(url, document.baseURI).href : "";
  }

  /** Addresses of an element's background, and of what stands before and after its content. @param {Element} element */
  function backgroundsOf(element) {
    const found = [];
    for (const part of [undefined, "::before", "::after"]) {
      const image = getComputedStyle(element, part).backgroundImage;
      if (!image || image === "none") continue;
      for (const [, quoted, bare] of image.matchAll(/url\((?:"((?:[^"\\]|\\.)*)"|([^)]*))\)/g)) {
        found.push(absolute((quoted ?? bare ?? "").replace(/\\(.)/g, "$1")));
      }
    }
    return found.filter(Boolean);
  }

  /** @param {{width: number, height: number}} box */
  const bigEnough = ({ width, height }) => Math.min(width, height) >= MIN_SIDE && width * height >= MIN_AREA;

  /** Whether it is near the viewport still: while a page scrolls no observer says so. @param {DOMRect} box */
  const near = ({ top, right, bottom, left }) =>
    bottom > -MARGIN && right > -MARGIN && top < innerHeight + MARGIN && left < innerWidth + MARGIN;

  /** Whether a person sees it. Sites keep a picture at opacity 0 above a background that shows the same.
   * @param {Element} element */
  function shown(element) {
    if (!element.checkVisibility?.({ visibilityProperty: true, contentVisibilityAuto: true })) return false;
    const parent = element.parentElement;
    if (parent && !parent.checkVisibility({ opacityProperty: true })) return false;
    return getComputedStyle(element).opacity !== "0" || hasTwin(element);
  }

  /** @param {Element} element */
  function hasTwin(element) {
    const url = urlOf(element), parent = element.parentElement;
    if (!url || !parent) return false;
    const near = [parent, ...Array.from(parent.children).slice(0, 20)];
    return near.some((one) => one !== element && backgroundsOf(one).includes(url));
  }

  const nearby = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting, time } of entries) {
        const record = records.get(target);
        if (!record) continue;
        if (record.visible !== isIntersecting) record.since = time;
        else if (!isIntersecting || record.passed) continue;
        record.visible = isIntersecting;
        turn(record);
      }
    },
    { rootMargin: `${MARGIN}px` },
  );

  // An observer of what is near fires once before the picture has a size.
  const sizes = new ResizeObserver((entries) => {
    let grown = false;
    for (const { target, contentRect } of entries) {
      const record = records.get(target);
      if (!record) continue;
      const size = `${contentRect.width} ${contentRect.height}`;
      if (record.size === size || (!record.size && record.passed)) {
        record.size = size;
        continue;
      }
      record.size = size;
      grown = true;
      evaluate(record);
    }
    if (grown) listener.changed();
  });

  function moved() {
    movedAt = performance.now();
    if (pausedAt) return;
    pausedAt = movedAt;
    nearby.disconnect();
    setTimeout(resume, STILL);
  }

  function resume() {
    if (control.signal.aborted) return;
    const now = performance.now();
    const wait = Math.min(movedAt + STILL, pausedAt + LONGEST) - now;
    if (wait > 1) {
      setTimeout(resume, wait);
      return;
    }
    pausedAt = 0;
    for (const element of records.keys()) nearby.observe(element);
  }

  /** Has a record looked at, or let go, when its turn comes. @param {Record} record */
  function turn(record) {
    turns.add(record);
    if (taking) return;
    taking = true;
    setTimeout(take, PACE);
  }

  /** What is read of the page's layout is read here in one go, before anything is changed. */
  function take() {
    taking = false;
    const settled = performance.now() - DWELL;
    for (const record of turns) {
      if (!records.has(record.element)) turns.delete(record);
      else if (!record.visible) {
        turns.delete(record);
        leave(record);
      } else if (record.since <= settled) {
        turns.delete(record);
        evaluate(record);
        sizes.observe(record.element);
      }
    }
    if (!turns.size) return;
    taking = true;
    setTimeout(take, PACE);
  }

  /** @param {Record} record */
  function leave(record) {
    if (record.size) sizes.unobserve(record.element);
    record.size = "";
    drop(record);
  }

  /** @param {Record} record */
  function drop(record) {
    if (!record.passed) return;
    record.passed = false;
    listener.gone(record);
  }

  /** @param {Record} record */
  function evaluate(record) {
    if (!record.visible || !record.element.isConnected) return;
    const url = urlOf(record.element);
    const box = record.element.getBoundingClientRect();
    if (!url || !bigEnough(box) || !near(box) || !shown(record.element)) {
      drop(record);
      return;
    }
    rename(record, url);
    record.passed = true;
    listener.seen(record);
  }

  /** A label of another picture goes at once. @param {Record} record @param {string} url */
  function rename(record, url) {
    if (record.url === url) return;
    drop(record);
    record.url = url;
    record.view = null;
  }

  /** @param {Element} element @param {string} [background] */
  function watch(element, background = "") {
    if (records.has(element) || records.size >= MAX_WATCHED) return;
    records.set(element, { element, url: "", view: null, visible: false, background, since: 0, size: "", passed: false });
    if (!pausedAt) nearby.observe(element);
  }

  /** @param {Element} element */
  function unwatch(element) {
    const record = records.get(element);
    if (!record) return;
    records.delete(element);
    turns.delete(record);
    // An answer that is still on its way must not label what is gone.
    record.visible = false;
    nearby.unobserve(element);
    sizes.unobserve(element);
    drop(record);
  }

  function sweep() {
    sweeping = false;
    for (const element of records.keys()) if (!element.isConnected) unwatch(element);
    for (const element of unready.keys()) if (!element.isConnected) unready.delete(element);
    listener.changed();
  }

  const changes = new MutationObserver((entries) => {
    let added = 0, removed = false;
    for (const entry of entries) {
      added += entry.addedNodes.length;
      removed ||= entry.removedNodes.length > 0;
    }
    if (removed && !sweeping) {
      sweeping = true;
      // Nodes that only move are connected again by then.
      queueMicrotask(sweep);
    }
    if (added > HUGE) {
      scan(document);
      return;
    }
    for (const entry of entries) {
      if (entry.type === "attributes") {
        const record = records.get(/** @type {Element} */ (entry.target));
        if (record) other(record);
      }
      for (const node of entry.addedNodes) if (node instanceof Element) scan(node);
    }
    if (added && styled.size) seekBackgrounds();
    retryHosts();
    listener.changed();
  });

  /** Watches a root: its changes, and pictures that load in it (the event crosses no shadow root).
   * @param {Document | ShadowRoot} root */
  function enter(root) {
    if (roots.has(root)) return;
    roots.add(root);
    changes.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ["poster", "href", "xlink:href"] });
    root.addEventListener("load", loaded, { capture: true, passive: true, signal: control.signal });
    scan(root);
  }

  /** @param {Event} event */
  function loaded({ target }) {
    const record = target instanceof Element ? records.get(target) : undefined;
    if (!record) return;
    other(record);
    listener.changed();
  }

  /** An element shows something else, perhaps. @param {Record} record */
  function other(record) {
    if (!record.visible) return;
    rename(record, urlOf(record.element));
    turn(record);
  }

  /** @param {Document | ShadowRoot | Element} root */
  function scan(root) {
    if (root instanceof Element && root.matches(SELECTOR)) watch(root);
    for (const element of root.querySelectorAll(SELECTOR)) watch(element);
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT);
    if (root instanceof Element) look(root);
    slices(walker, look);
  }

  /** @param {Element} element */
  function look(element) {
    if (!HOSTS.test(element.localName)) return;
    const shadow = shadowOf(element);
    if (shadow) enter(shadow);
    else if (element.localName.includes("-") && unready.size < WAITING_HOSTS) unready.set(element, HOST_TRIES);
  }

  /** Custom elements may get their root long after they were parsed. */
  function retryHosts() {
    for (const [element, tries] of unready) {
      const shadow = shadowOf(element);
      if (shadow) enter(shadow);
      if (shadow || tries <= 1) unready.delete(element);
      else unready.set(element, tries - 1);
    }
  }

  /** @param {TreeWalker} walker @param {(element: Element) => void} visit @param {() => void} [done] */
  function slices(walker, visit, done) {
    const { signal } = control;
    const step = () => {
      if (signal.aborted) return;
      const until = performance.now() + SLICE;
      for (let count = 1; count % 32 || performance.now() < until; count++) {
        const node = walker.nextNode();
        if (!node) {
          done?.();
          return;
        }
        visit(/** @type {Element} */ (node));
      }
      requestIdleCallback(step, { timeout: 1_000 });
    };
    step();
  }

  /** CSS backgrounds: sought only when a style sheet has loaded a picture. */
  function seekBackgrounds() {
    if (seeking || soughtBackgrounds >= MAX_BACKGROUNDS || !document.body) return;
    seeking = true;
    requestIdleCallback(
      () => {
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT);
        const visit = (/** @type {Element} */ element) => {
          soughtBackgrounds++;
          if (records.has(element) || !bigEnough(element.getBoundingClientRect())) return;
          const url = backgroundsOf(element).find((one) => styled.has(one));
          if (url) watch(element, url);
        };
        slices(walker, visit, () => (seeking = false));
      },
      { timeout: 1_000 },
    );
  }

  const resources = new PerformanceObserver((entries) => {
    let found = false;
    for (const entry of entries.getEntries()) {
      const { initiatorType, name } = /** @type {PerformanceResourceTiming} */ (entry);
      if (initiatorType === "css" && !/\.(?:css|woff2?|ttf|otf|eot)(?:[?#]|$)/i.test(name) && styled.size < 2_000) {
        styled.add(name);
        found = true;
      }
    }
    if (found) seekBackgrounds();
    // An element may get its root without any change that observers see; what loads in it is seen.
    retryHosts();
  });

  /** Everything under a point, through every layer and shadow root: addresses, topmost first.
   * @param {number} x @param {number} y */
  function under(x, y) {
    /** @type {string[]} */
    const urls = [];
    const visited = new Set();
    const dig = (/** @type {Document | ShadowRoot} */ root) => {
      visited.add(root);
      for (const element of root.elementsFromPoint(x, y)) {
        const shadow = shadowOf(element);
        if (shadow && !visited.has(shadow)) dig(shadow);
        for (const url of [urlOf(element), ...backgroundsOf(element)]) if (url && !urls.includes(url)) urls.push(url);
      }
    };
    dig(document);
    return urls.slice(0, 8);
  }

  creditline.finder = {
    under,
    shown,
    urlOf,
    backgroundsOf,
    records,
    /** @param {Listener} given */
    start(given) {
      listener = given;
      control = new AbortController();
      roots = new WeakSet();
      enter(document);
      resources.observe({ type: "resource", buffered: true });
      addEventListener("scroll", moved, { capture: true, passive: true, signal: control.signal });
      addEventListener("load", () => {
        retryHosts();
        scan(document);
      }, { once: true, signal: control.signal });
    },
    stop() {
      control.abort();
      changes.disconnect();
      resources.disconnect();
      nearby.disconnect();
      sizes.disconnect();
      for (const element of [...records.keys()]) unwatch(element);
      unready.clear();
      turns.clear();
      styled.clear();
      soughtBackgrounds = pausedAt = 0;
      seeking = false;
    },
  };
})();
