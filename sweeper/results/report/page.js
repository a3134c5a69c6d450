// Puts the page together: the words and the table at once, then one plot after the other.
"use strict";
(() => {
  const D = report.data, make = report.make, byId = report.byId;
  byId("title").textContent = D.sweep;
  byId("ranked-by").textContent = D.ranked_by;
  byId("caveat").textContent = D.caveat;
  byId("thinned").textContent = D.thinned;
  byId("config").textContent = D.config;
  for (const [label, value] of Object.entries(D.tiles)) {
    byId("tiles").append(make("div", { class: "tile" }, make("span", {}, label), make("b", {}, value)));
  }
  const list = (id, pairs) => byId(id).append(...Object.entries(pairs).flatMap(([label, value]) => [make("dt", {}, label), make("dd", {}, value)]));
  list("cost-list", D.cost);
  list("provenance-list", D.provenance);
  const shared = Object.entries(D.shared);
  if (shared.length) {
    byId("tools").before(make("p", { class: "said" }, "The same in all: " + shared.map(([name, value]) => `${name}=${value}`).join("  ")));
  }
  if (D.failures.length) {
    const head = make("tr", {}, ...["trials", "state", "why", "for example"].map((word) => make("th", { scope: "col" }, word)));
    const rows = D.failures.map((one) => make("tr", {},
      make("td", { class: "number" }, one.count), make("td", {}, [one.state, one.reason].filter(Boolean).join(": ")),
      make("td", { class: "note" }, one.note), make("td", {}, one.trials.map((trial) => report.shortened(trial, 24)).join(", "))));
    byId("failures-table").append(make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)));
  } else {
    byId("failures-table").append(make("p", { class: "said" }, "None: every trial that has ended has a number."));
  }
  report.refilter();
  report.ready = performance.now();

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
  // The library is read last: the table is there before it.
  addEventListener("DOMContentLoaded", draw);
})();
