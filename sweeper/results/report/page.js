// Puts the page together: the words and the table at once, then one plot after the other.
"use strict";
report.parts.push(() => {
  const D = report.data, make = report.make, byId = report.byId;
  byId("title").textContent = D.sweep;
  byId("ranked-by").textContent = D.ranked_by;
  byId("caveat").textContent = D.caveat;
  byId("thinned").textContent = D.thinned;
  byId("config").textContent = D.config;
  byId("tiles").replaceChildren(...Object.entries(D.tiles).map(([label, value]) =>
    make("div", { class: "tile" }, make("span", {}, label), make("b", {}, value))));
  const list = (id, pairs) => byId(id).replaceChildren(...Object.entries(pairs).flatMap(([label, value]) => [make("dt", {}, label), make("dd", {}, value)]));
  list("cost-list", D.cost);
  list("provenance-list", D.provenance);
  const shared = Object.entries(D.shared);
  byId("shared").textContent = shared.length ? "The same in all: " + shared.map(([name, value]) => `${name}=${value}`).join("  ") : "";
  if (D.failures.length) {
    const head = make("tr", {}, ...["trials", "state", "why", "for example"].map((word) => make("th", { scope: "col" }, word)));
    const rows = D.failures.map((one) => make("tr", {},
      make("td", { class: "number" }, one.count), make("td", {}, [one.state, one.reason].filter(Boolean).join(": ")),
      make("td", { class: "note" }, one.note), make("td", {}, one.trials.map((trial) => report.shortened(trial, 24)).join(", "))));
    byId("failures-table").replaceChildren(make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)));
  } else {
    byId("failures-table").replaceChildren(make("p", { class: "said" }, "None: every trial that has ended has a number."));
  }
  report.fill();
});

(() => {
  for (const part of report.parts) part();
  report.ready = performance.now();

  const { byId } = report;
  const THEMES = ["system", "light", "dark"];
  let theme = 0;
  byId("theme").addEventListener("click", () => {
    theme = (theme + 1) % THEMES.length;
    byId("theme").textContent = `Theme: ${THEMES[theme]}`;
    if (theme) document.documentElement.dataset.theme = THEMES[theme];
    else delete document.documentElement.dataset.theme;
    draw();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw());

  addEventListener("resize", () => report.resized?.());

  // Between two plots the page answers.
  let round = 0;
  const draw = () => {
    const mine = ++round, left = [...report.charts];
    const next = () => {
      if (mine !== round) return;
      const chart = left.shift();
      if (!chart) return void (document.documentElement.dataset.drawn = Math.round(performance.now()));
      left.unshift(...(chart() || []));
      setTimeout(next, 0);
    };
    setTimeout(next, 0);
  };
  // The page as if it had been opened with this data, but for what the reader has set; see live.js.
  report.renew = (data) => {
    report.data = data;
    for (const part of report.parts) part();
    draw();
  };
  // The library is read last: the table is there before it.
  addEventListener("DOMContentLoaded", draw);
})();
