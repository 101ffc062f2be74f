// The desk's whole script. A stream says only that something changed; then the
// page is fetched again and what differs is put in place. One tab holds the
// stream for all: browsers give one site few connections. Without this file
// every page works as it is.
"use strict";
(() => {
  const line = document.querySelector(".live");
  const touched = new WeakSet(); // what somebody has begun to fill in
  let shown = Number(document.documentElement.dataset.revision);
  let busy = false, again = false;

  document.addEventListener("input", (e) => touched.add(e.target));
  const say = (text) => { if (line) line.textContent = text; };

  const keep = (old, fresh) => {
    if (touched.has(old)) return false;
    // What was opened or closed by hand stays so.
    if (old.nodeName === "DETAILS" && fresh.nodeName === "DETAILS") fresh.open = old.open;
    return true;
  };

  const refresh = async () => {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok) { say(line.dataset.away); return; }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("main");
      shown = Number(page.documentElement.dataset.revision) || shown;
      if (!fresh) return;
      Idiomorph.morph(document.querySelector("main"), fresh, {
        morphStyle: "outerHTML", ignoreActiveValue: true, restoreFocus: true,
        callbacks: { beforeNodeMorphed: keep, beforeNodeRemoved: (n) => !holds(n) },
      });
      say(line.dataset.changed);
    } catch { say(line.dataset.away); } finally {
      busy = false;
      if (again) { again = false; refresh(); }
    }
  };

  // A form that somebody has begun to fill in is not taken away.
  const holds = (n) => n.nodeType === 1 && [n, ...n.querySelectorAll("input,textarea,select")].some((x) => touched.has(x));

  const heard = (revision) => { if (revision > shown) { shown = revision; refresh(); } };
  const others = new BroadcastChannel("parley " + location.port);
  others.onmessage = (e) => heard(e.data);

  // What is to be confirmed, or mended, is not changed under one's hands.
  if (!("still" in document.documentElement.dataset)) {
    navigator.locks.request("parley stream", () => new Promise(() => {
      const stream = new EventSource("/events");
      stream.onmessage = (e) => {
        const revision = Number(e.lastEventId);
        others.postMessage(revision);
        heard(revision);
      };
    }));
  }
})();
