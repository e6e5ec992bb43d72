// Keys and live updates for the desk. Everything works without it.
"use strict";
(() => {
  let at = -1;
  let afterG = false;
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const go = (to) => {
    const all = rows();
    if (!all.length) return;
    at = Math.max(0, Math.min(all.length - 1, to));
    all.forEach((row, index) => row.classList.toggle("here", index === at));
    all[at].scrollIntoView({ block: "nearest" });
  };
  const isTyping = (target) =>
    target.matches("input:not([type=checkbox]), select, textarea, [contenteditable]");
  const places = { n: "/desk", r: "/desk/review", l: "/desk/log", f: "/desk/feeds" };
  // Return in a field that shares its form with others does what stands beside it, or nothing.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("input[form]")) return;
    event.preventDefault();
    const does = event.target.dataset.enter;
    if (does) document.querySelector(`button[form=rule][value=${does}]`)?.click();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const key = event.key;
    if (afterG) {
      afterG = false;
      if (places[key]) location.href = places[key];
      return;
    }
    const row = rows()[at];
    if (key === "j") go(at + 1);
    else if (key === "k") go(at - 1);
    else if (key === "g") afterG = true;
    else if (key === "/") { event.preventDefault(); location.href = "/desk/search"; }
    else if (key === "x" && row) row.querySelector("[data-tick]")?.click();
    else if (key === "o" && row) row.querySelector("[data-open]")?.click();
    else if (key === "m" && row && at > 0 && !document.querySelector("[data-tick]:checked")) {
      // With nothing ticked: this one and the one above it.
      const pair = [rows()[at - 1], row].map((one) => one.querySelector("[data-tick]"));
      const merge = document.querySelector("aside [data-key=m]");
      if (merge && pair.every(Boolean)) {
        pair.forEach((tick) => { tick.checked = true; });
        merge.click();
      }
    }
    else if (/^[a-z]$/.test(key)) {
      const scope = row ?? (document.querySelectorAll("[data-row]").length ? rows()[0] : null);
      const inRow = scope?.querySelector(`[data-key=${key}]`);
      (inRow ?? document.querySelector(`aside [data-key=${key}]`))?.click();
    }
  });

  const main = () => document.getElementById("content");
  const isBusy = () =>
    document.querySelector("[data-tick]:checked, details[open]") ||
    (document.activeElement && isTyping(document.activeElement));
  let waiting = false;
  const refresh = async () => {
    if (isBusy()) { waiting = true; return; }
    waiting = false;
    const answer = await fetch(location.href, { headers: { "x-live": "1" } });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = fresh.getElementById("content");
    if (next && next.innerHTML !== main().innerHTML && !isBusy()) {
      main().replaceWith(next);
      if (at >= 0) go(at);
    }
  };
  document.addEventListener("change", () => { if (waiting) refresh(); });
  document.addEventListener("toggle", () => { if (waiting) refresh(); }, true);
  if (window.EventSource && main()?.dataset.path) {
    const live = new EventSource("/desk/live");
    live.addEventListener("changed", refresh);
    addEventListener("pagehide", () => live.close());
  }
})();
