// Live parts: when the server says that something is new, the page fetches itself and takes over what changed.
const live = document.querySelector("[data-live]");
if (live && "EventSource" in window) {
  let waiting = false;
  const source = new EventSource("/events");
  source.addEventListener("change", async () => {
    if (waiting || document.hidden) return;
    waiting = true;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-live]");
      // Whoever is reading inside the part with a keyboard keeps their place.
      if (fresh && !live.contains(document.activeElement)) live.replaceChildren(...fresh.childNodes);
    } finally {
      setTimeout(() => { waiting = false; }, 500);
    }
  });
}
