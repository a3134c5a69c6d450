// The best so far of several sweeps, by trials and by hours. Names are text: nothing of them becomes markup.
"use strict";
(() => {
  const D = JSON.parse(document.getElementById("data").textContent);
  const plain = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/%\{/g, "%&#123;");
  // Told apart by dashes too, where colours are not.
  const COLORS = ["#2f7ed8", "#e0662c", "#2a9d6f", "#b04bc2", "#c2a11a", "#6b7280"];
  const DASHES = ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot"];

  const draw = (id, unit, title) => {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const text = dark ? "#e8e9eb" : "#1c1e21", grid = dark ? "#3a3f47" : "#e3e5e8";
    const traces = D.curves.map((one, at) => ({
      type: "scatter", mode: "lines+markers", name: plain(one.sweep), x: one[unit], y: one.best,
      line: { shape: "hv", width: 2, color: COLORS[at % COLORS.length], dash: DASHES[at % DASHES.length] },
      marker: { size: 5 }, hovertemplate: `%{y:.6g} at %{x:.4g}<extra>${plain(one.sweep)}</extra>`,
    }));
    const axis = { gridcolor: grid, zerolinecolor: grid, linecolor: grid, automargin: true, exponentformat: "e" };
    const budget = D.budgets[unit];
    const equal = budget === undefined ? [] : [{
      type: "line", xref: "x", yref: "paper", x0: budget, x1: budget, y0: 0, y1: 1, line: { color: text, width: 1, dash: "dot" },
    }];
    const where = document.getElementById(id);
    where.setAttribute("role", "img");
    where.setAttribute("aria-label", `${title}: the best ${D.metric} so far of ${D.curves.length} sweeps; the dotted line is where all are compared`);
    Plotly.react(where, traces, {
      height: 360, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { color: text, size: 12 },
      margin: { l: 56, r: 16, t: 12, b: 44 }, hovermode: "closest", legend: { orientation: "h", y: 1.02, yanchor: "bottom" },
      xaxis: { ...axis, rangemode: "tozero", title: { text: title } }, yaxis: { ...axis, title: { text: plain(D.metric) } }, shapes: equal,
    }, { displayModeBar: false, responsive: true });
  };
  const all = () => {
    draw("by-trials", "trials", "ended trials");
    draw("by-hours", "hours", "hours since the launch");
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
  addEventListener("DOMContentLoaded", all); // the library is read last
})();
