// @ts-check
/** Puts finder, overlay and panel together in one frame: what is seen is asked for in batches, what is said is shown. */
(() => {
  const scope = /** @type {any} */ (globalThis);
  const creditline = (scope.creditline ??= {});
  if (creditline.stop) return;

  /** Pictures in one question, and the milliseconds in which they gather. */
  const BATCH = 24, GATHER = 10;
  /** Views kept in a frame. */
  const MAX_VIEWS = 2_000;
  const MAX_BLOB = 8 << 20;

  /** @type {Map<string, any>} */
  const views = new Map();
  /** @type {Map<string, Set<any>>} */
  const wanted = new Map();
  let asking = false, stopped = false, gathering = false;
  const control = new AbortController();
  /** Where the context menu was opened. */
  let last = { x: 0, y: 0, known: false };

  /** @param {any} message @returns {Promise<any>} */
  async function send(message) {
    try {
      return await chrome.runtime.sendMessage(message);
    } catch {
      // The extension was updated or switched off under this page: nothing of it may stay.
      if (!chrome.runtime?.id) stop();
      return null;
    }
  }

  /** @param {any} record */
  function seen(record) {
    if (record.view) {
      creditline.overlay.show(record, (/** @type {HTMLElement} */ badge) => openPanel(record, badge));
      return;
    }
    const known = views.get(record.url);
    if (known) {
      record.view = known;
      seen(record);
      return;
    }
    const waiting = wanted.get(record.url) ?? new Set();
    wanted.set(record.url, waiting.add(record));
    if (!gathering && !asking) {
      gathering = true;
      setTimeout(ask, GATHER);
    }
  }

  /** @param {any} record */
  function gone(record) {
    creditline.overlay.hide(record);
    wanted.get(record.url)?.delete(record);
  }

  async function ask() {
    gathering = false;
    if (asking || stopped) return;
    asking = true;
    while (wanted.size && !stopped) {
      // The last seen are those that are on the screen now.
      const urls = [...wanted.keys()].reverse().slice(0, BATCH);
      /** @type {[string, Set<any>][]} */
      const batch = urls.map((url) => [url, wanted.get(url) ?? new Set()]);
      for (const url of urls) wanted.delete(url);
      const answers = await viewsOf(batch.filter(([, records]) => records.size).map(([url]) => url));
      for (const [url, records] of batch) {
        const view = answers.get(url);
        if (!view) continue;
        if (views.size >= MAX_VIEWS) views.clear();
        if (!view.again) views.set(url, view);
        for (const record of records) {
          // What could not be had is asked for again when the picture comes into sight again.
          if (record.url !== url || !record.visible || view.again) continue;
          record.view = view;
          seen(record);
        }
      }
    }
    asking = false;
  }

  /** @param {string[]} urls @returns {Promise<Map<string, any>>} */
  async function viewsOf(urls, whole = false) {
    const blobs = urls.filter((url) => url.startsWith("blob:"));
    const others = urls.filter((url) => !url.startsWith("blob:"));
    const found = new Map();
    if (others.length) {
      const said = await send({ type: "views", urls: others, whole });
      if (Array.isArray(said)) others.forEach((url, index) => found.set(url, said[index]));
    }
    for (const url of blobs) {
      try {
        const blob = await (await fetch(url)).blob();
        found.set(url, await send({ type: "bytes", url, blob: blob.slice(0, MAX_BLOB) }));
      } catch {
        // Revoked already: only the page had it.
      }
    }
    return found;
  }

  /** @param {any} record @param {HTMLElement} badge */
  function openPanel(record, badge) {
    const modal = Boolean(record.element.closest("dialog:modal"));
    creditline.panel.open(record.view, { near: badge.getBoundingClientRect(), back: badge, modal });
  }

  // Inside a modal dialog badges are painted but inert: the click lands on the picture.
  addEventListener(
    "click",
    (event) => {
      if (!event.isTrusted || !document.querySelector("dialog:modal")) return;
      const hit = creditline.overlay.at(event.clientX, event.clientY);
      if (!hit || !hit.record.element.closest("dialog:modal")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      openPanel(hit.record, hit.badge);
    },
    { capture: true, signal: control.signal },
  );

  addEventListener(
    "contextmenu",
    ({ clientX, clientY }) => {
      last = { x: clientX, y: clientY, known: true };
    },
    { capture: true, passive: true, signal: control.signal },
  );

  /** The picture that was meant: named by the browser, else whatever lies under the pointer. @param {string} named */
  async function say(named) {
    /** @type {string[]} */
    const urls = named ? [named] : last.known ? creditline.finder.under(last.x, last.y) : [];
    if (!urls.length) return false;
    const said = await viewsOf(urls, true);
    /** @type {any[]} */
    const found = urls.map((url) => said.get(url)).filter(Boolean);
    const view = found.find((one) => one.badge) ?? found[0];
    if (!view) return false;
    creditline.panel.open(view, { near: { left: last.x, top: last.y, bottom: last.y }, modal: Boolean(document.querySelector("dialog:modal")) });
    return true;
  }

  /** @param {any} message @param {chrome.runtime.MessageSender} sender @param {(answer: any) => void} answer */
  function heard(message, sender, answer) {
    if (sender.id !== chrome.runtime.id || message?.type !== "say") return false;
    say(String(message.url ?? "")).then(answer, () => answer(false));
    return true;
  }

  function changed() {
    creditline.overlay.restore();
    creditline.overlay.checkSoon();
  }

  function stop() {
    stopped = true;
    control.abort();
    wanted.clear();
    creditline.panel.shut();
    creditline.finder.stop();
    creditline.overlay.stop();
    try {
      chrome.runtime.onMessage.removeListener(heard);
    } catch {
      // The context is gone, and with it the listener.
    }
    delete scope.creditline;
  }

  creditline.stop = stop;
  /** What this frame shows, for the popup. */
  creditline.list = () => ({
    overlay: creditline.overlay.state(),
    pictures: [...creditline.finder.records.values()]
      .filter((record) => record.url && record.element.isConnected && (record.view || record.visible))
      .map(({ url, view }) => ({ url, view })),
  });
  chrome.runtime.onMessage.addListener(heard);
  // A page restored from the back-forward cache has its overlay still; one that is left takes it along.
  creditline.finder.start({ seen, gone, changed });
})();
