// Keeps the page as the ledger is, where `sweeper report --serve` shows it; a page in a file does not have this part.
"use strict";
(() => {
  const EVERY = 1000, SELECTED = 30_000, SHARE = 5;
  const said = report.byId("live"), root = document.documentElement;
  let tag = said.dataset.tag, held = false, selected = -SELECTED, begun = 0;
  for (const [event, value] of [["pointerdown", true], ["pointerup", false], ["pointercancel", false]]) {
    addEventListener(event, () => { held = value; }, true);
  }
  document.addEventListener("selectionchange", () => { selected = performance.now(); });
  // What somebody drags, or selects to copy it, is not taken away from under the pointer.
  const busy = () => held || (!getSelection().isCollapsed && performance.now() - selected < SELECTED);

  const label = (one) => one.getAttribute("aria-label") ?? one.textContent;
  const renew = (data) => {
    const before = document.activeElement, frame = before.closest("#table, #pages, #limits");
    report.renew(data);
    if (!frame || before.isConnected) return;
    const same = [...frame.querySelectorAll(before.tagName)].find((one) => label(one) === label(before));
    if (same && before.tagName !== "BUTTON") same.value = before.value;
    same?.focus({ preventScroll: true });
  };

  const look = async () => {
    const answer = await fetch("data", { headers: { "If-None-Match": tag }, cache: "no-store" });
    if (answer.status === 200) {
      const data = await answer.json();
      tag = answer.headers.get("ETag");
      begun = performance.now();
      renew(data);
      root.dataset.tag = tag;
      said.dataset.at = `, changed at ${new Date().toLocaleTimeString()}`;
    } else if (answer.status !== 304) throw new Error(await answer.text());
    said.textContent = `Live${said.dataset.at ?? ""}`;
  };
  const turn = async () => {
    let wait = EVERY;
    if (document.hidden) return void document.addEventListener("visibilitychange", turn, { once: true });
    if (busy()) said.textContent = "Live: waits while you select or drag";
    else if (begun <= Number(root.dataset.drawn)) { // else the last change is still being drawn
      wait = Math.max(EVERY, SHARE * (Number(root.dataset.drawn) - begun) * (begun > 0));
      try {
        await look();
      } catch {
        said.textContent = `Not live any more: sweeper does not answer${said.dataset.at ?? ""}`;
      }
    }
    setTimeout(turn, wait);
  };
  addEventListener("DOMContentLoaded", () => setTimeout(turn, EVERY));
})();
