// What is drawn with the plotting library. Everything of the sweep is text: nothing of it becomes markup.
"use strict";
// Each part builds its piece of the page from report.data, and does so again where that is renewed; what the reader
// has set (sorting, filters, brushes) lives in report.view.
const report = { data: JSON.parse(document.getElementById("data").textContent), parts: [], view: {} };

report.parts.push(() => {
  const D = report.data;
  const C = D.columns;

  // The library reads a little markup in its labels; this is how it is told that there is none.
  report.plain = (value) =>
    String(value).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/%\{/g, "%&#123;");
  report.number = (value) => (value === null ? "" : String(Number(value.toPrecision(6))));
  report.value = (axis, row) => {
    const value = axis.values[row];
    return value === null ? "" : axis.words ? axis.words[value] : report.number(value);
  };
  report.byId = (id) => document.getElementById(id);
  report.make = (name, attributes = {}, ...inside) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...inside.map((one) => (one instanceof Node ? one : String(one))));
    return made;
  };
  report.shortened = (text, most = 28) => (text.length <= most ? text : text.slice(0, most - 1) + "…");
  report.hide = (id, hidden = true) => {
    for (const one of [report.byId(id), document.querySelector(`nav a[href="#${id}"]`)]) one.hidden = hidden;
  };
  for (const one of document.querySelectorAll("main > section")) report.hide(one.id, false);

  const dark = () => {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  };
  report.colors = () =>
    dark()
      ? { text: "#e8e9eb", grid: "#3a3f47", point: "#6cb2ff", best: "#ffb454", faint: "#4a505a", card: "#1f2228" }
      : { text: "#1c1e21", grid: "#e3e5e8", point: "#2f7ed8", best: "#c4500b", faint: "#d4d7db", card: "#ffffff" };
  // Dark is poor on white and good on black: the best always stands out. Place 0 is the best.
  report.shade = (place) => {
    const [good, poor] = dark() ? [[253, 231, 37], [70, 80, 140]] : [[12, 60, 140], [175, 205, 235]];
    return `rgb(${good.map((part, at) => Math.round(part + (poor[at] - part) * place)).join(",")})`;
  };

  report.layout = (height, more = {}) => {
    const colors = report.colors();
    const axis = { gridcolor: colors.grid, zerolinecolor: colors.grid, linecolor: colors.grid, automargin: true, exponentformat: "e" };
    const { xaxis, yaxis, ...others } = more;
    return {
      height, uirevision: "same", paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { color: colors.text, size: 12 },
      margin: { l: 56, r: 16, t: 12, b: 44 }, showlegend: false, hovermode: "closest",
      hoverlabel: { bgcolor: colors.card, bordercolor: colors.grid, font: { color: colors.text }, align: "left" },
      xaxis: { ...axis, ...xaxis }, yaxis: { ...axis, ...yaxis }, ...others,
    };
  };
  report.draw = (id, traces, layout, label, config = {}) => {
    const where = typeof id === "string" ? report.byId(id) : id;
    where.setAttribute("role", "img");
    where.setAttribute("aria-label", label);
    return Plotly.react(where, traces, layout, { displayModeBar: false, responsive: true, ...config });
  };
  const said = new Map();
  report.about = (row) => {
    if (!said.has(row)) said.set(row, describe(row));
    return said.get(row);
  };
  const describe = (row) => {
    const lines = [`${C.rank[row] ? "#" + C.rank[row] + " " : ""}trial ${report.shortened(C.trial[row])}`];
    lines.push(`${D.metric}: ${report.number(C.metric[row])}`);
    for (const [name, values] of Object.entries(D.more)) lines.push(`${report.shortened(name)}: ${report.number(values[row])}`);
    for (const axis of D.axes.slice(0, 12)) {
      const value = report.value(axis, row);
      if (value !== "") lines.push(`${axis.name}: ${report.shortened(value)}`);
    }
    return lines.map(report.plain).join("<br>");
  };
  const title = (text) => ({ title: { text: report.plain(report.shortened(text, 48)) } });
  // An axis of listed values has places, and their words beside them; the library never sees a word as a value.
  report.scale = (axis) => {
    if (!axis.words) return { type: axis.log ? "log" : "linear" };
    const step = Math.ceil(axis.words.length / 20);
    const places = axis.words.map((_, place) => place).filter((place) => place % step === 0);
    return {
      type: "linear", tickvals: places, range: [-0.5, axis.words.length - 0.5],
      ticktext: places.map((place) => report.plain(report.shortened(axis.words[place], 16))),
    };
  };
  const many = D.drawn.length;
  const ranked = C.rank.filter(Boolean).length;

  const pareto = () => {
    const P = D.pareto;
    if (!P || P.front.length + P.others.length + P.broken.length === 0) return report.hide("pareto");
    const colors = report.colors(), second = D.more[P.names[1]];
    const dots = (rows, name, marker) => ({
      x: rows.map((row) => C.metric[row]), y: rows.map((row) => second[row]), mode: "markers", type: "scatter", name,
      text: rows.map(report.about), hoverinfo: "text", marker });
    const front = dots(P.front, "Pareto front", { size: 9, color: colors.best });
    // Between two of the front nothing is known: what is sure to be no better lies beyond the steps.
    const line = P.of === 2 ? { mode: "lines+markers", line: { shape: P.goals[0] === "maximize" ? "vh" : "hv", width: 1.5, color: colors.best } } : {};
    report.byId("pareto-said").textContent =
      `No other trial is better than one of these ${P.front.length} in one objective and no worse in the others.` +
      (P.of > 2 ? ` The front is of ${P.of} objectives; the first two are drawn.` : "") +
      (P.where ? ` Crosses: trials that break a condition (${P.where}).` : "");
    report.draw("pareto-plot", [
      dots(P.others, "dominated", { size: 6, color: colors.point, opacity: 0.6 }),
      dots(P.broken, "breaks a condition", { size: 7, color: colors.text, opacity: 0.5, symbol: "x-thin-open" }),
      { ...front, ...line },
    ].filter((trace) => trace.x.length), report.layout(400, {
      xaxis: title(`${P.names[0]} (${P.goals[0]})`), yaxis: title(`${P.names[1]} (${P.goals[1]})`),
      showlegend: true, legend: { orientation: "h", y: 1.08, bgcolor: "rgba(0,0,0,0)" },
    }), `${P.names[1]} by ${P.names[0]}: ${P.front.length} trials on the Pareto front, ${P.others.length} others` +
      (P.broken.length ? `, ${P.broken.length} that break a condition` : ""));
  };

  const progress = () => {
    if (!many) return report.hide("progress");
    const colors = report.colors();
    const rows = D.drawn.filter((row) => D.hours[row] !== null);
    const last = Math.max(...rows.map((row) => D.hours[row]), 0);
    const [unit, per] = last < 0.05 ? ["seconds", 3600] : last < 2 ? ["minutes", 60] : ["hours", 1];
    const steps = D.progress.map(([hours, value]) => [hours * per, value]);
    if (steps.length) steps.push([last * per, steps[steps.length - 1][1]]);
    const first = D.progress[0], end = D.progress[D.progress.length - 1];
    const label = first ? `Best so far: ${report.number(first[1])} first, ${report.number(end[1])} at the end` : "";
    report.draw("progress-plot", [
      { x: rows.map((row) => D.hours[row] * per), y: rows.map((row) => C.metric[row]), mode: "markers", type: "scatter",
        marker: { size: 5, color: colors.point, opacity: 0.6 }, text: rows.map(report.about), hoverinfo: "text" },
      { x: steps.map((s) => s[0]), y: steps.map((s) => s[1]), mode: "lines", type: "scatter", hoverinfo: "y",
        line: { shape: "hv", width: 2.5, color: colors.best } },
    ], report.layout(340, { uirevision: unit, xaxis: title(`${unit} since the sweep began`), yaxis: title(D.metric) }), label);
  };

  const curves = () => {
    if (!D.curves.length) return report.hide("curves");
    const [wanted, all] = D.curves_of;
    report.byId("curves-said").textContent =
      wanted < all ? `Of ${wanted} of ${all.toLocaleString("en")} trials: the best and an even choice of the others.` : "";
    const traces = D.curves.map((line, at) => ({
      x: line.steps, y: line.values, mode: "lines", type: "scatter", text: report.about(line.row), hoverinfo: "text",
      line: { width: at === 0 ? 2.5 : 1.2, color: report.shade(at / Math.max(1, D.curves.length - 1)) },
    })).reverse();
    report.draw("curves-plot", traces, report.layout(360, { xaxis: title("step"), yaxis: title(D.metric) }),
      `${D.metric} by step, of ${D.curves.length} trials`);
  };

  const importance = () => {
    if (!D.importance.length) return report.hide("importance");
    report.byId("importance-said").textContent = D.importance_said;
    const colors = report.colors();
    const shown = D.importance.slice(0, 20).reverse();
    report.draw("importance-plot", [{
      type: "bar", orientation: "h", y: shown.map((_, at) => at), x: shown.map(([, share]) => share * 100),
      text: shown.map(([, share]) => `${(share * 100).toFixed(0)} %`), textposition: "outside", cliponaxis: false,
      hoverinfo: "text", marker: { color: shown.map(([, , sure]) => (sure === false ? colors.faint : colors.point)) },
    }], report.layout(60 + 28 * shown.length, {
      xaxis: { ...title("% of the variance"), range: [0, 105] },
      yaxis: { tickvals: shown.map((_, at) => at), ticktext: shown.map(([name]) => report.plain(report.shortened(name, 24))) },
    }), "Importance: " + D.importance.map(([name, share]) => `${name} ${(share * 100).toFixed(0)} %`).join(", "));
  };

  // What two do only together: a triangle, of the most important ones.
  const together = () => {
    const where = report.byId("together");
    where.hidden = !D.together.length;
    if (!D.together.length) return;
    const names = D.importance.map(([name]) => name).slice(0, 12);
    const shares = new Map(D.together.flatMap(([a, b, share, sure]) => [[a + "\n" + b, [share, sure]], [b + "\n" + a, [share, sure]]]));
    // A row for each name but the first, a column for each but the last.
    const of = (tell, none) => names.slice(1).map((below, i) => names.slice(0, -1).map((left, j) => {
      const found = j <= i ? shares.get(below + "\n" + left) : undefined;
      return found ? tell(found) : none;
    }));
    const places = names.map((_, at) => at), labels = names.map((name) => report.plain(report.shortened(name, 18)));
    const top = Math.max(...D.together.map(([, , share]) => share), 0.01);
    report.draw("together-plot", [{
      type: "heatmap", x: places.slice(0, -1), y: places.slice(1), z: of(([share]) => share * 100, null),
      text: of(([share, sure]) => `${(share * 100).toFixed(share < 0.0995 ? 1 : 0)} %` + (sure === false ? " ?" : ""), ""),
      texttemplate: "%{text}", hoverinfo: "text", hoverongaps: false, showscale: false, xgap: 2, ygap: 2, zmin: 0, zmax: top * 100,
      colorscale: [[0, report.colors().card], [1, report.colors().point]],
    }], report.layout(70 + 36 * (names.length - 1), {
      xaxis: { tickvals: places.slice(0, -1), ticktext: labels.slice(0, -1), showgrid: false, zeroline: false },
      yaxis: { tickvals: places.slice(1), ticktext: labels.slice(1), showgrid: false, zeroline: false, autorange: "reversed" },
    }), "Together: " + D.together.map(([a, b, share]) => `${a} and ${b} ${(share * 100).toFixed(1)} %`).join(", "));
  };

  const heat = () => {
    const H = D.heat;
    if (!H) return report.hide("heat");
    report.byId("heat-said").textContent = `The mean ${D.metric} of the trials in each cell; empty where there is none.`;
    const places = (words) => words.map((_, at) => at);
    const words = (all) => all.map((one) => report.plain(report.shortened(one, 26)));
    const text = H.mean.map((line, j) => line.map((mean, i) => mean === null ? "" :
      report.plain(`${H.x}: ${H.across[i]}`) + "<br>" + report.plain(`${H.y}: ${H.up[j]}`) +
      `<br>${report.number(mean)}, ${H.count[j][i]} trials`));
    const scale = [0, 0.25, 0.5, 0.75, 1].map((at) => [at, report.shade(D.goal === "maximize" ? 1 - at : at)]);
    report.draw("heat-plot", [{
      type: "heatmap", x: places(H.across), y: places(H.up), z: H.mean, text, hoverinfo: "text", colorscale: scale,
      xgap: 1, ygap: 1, hoverongaps: false, colorbar: { thickness: 12, outlinewidth: 0 },
    }], report.layout(400, {
      uirevision: `${H.x} ${H.y}`, xaxis: { ...title(H.x), tickvals: places(H.across), ticktext: words(H.across), showgrid: false, zeroline: false },
      yaxis: { ...title(H.y), tickvals: places(H.up), ticktext: words(H.up), showgrid: false, zeroline: false },
    }), `Mean ${D.metric} by ${H.x} and ${H.y}`);
  };

  report.importantFirst = (most) => {
    const order = new Map(D.importance.map(([name], at) => [name, at]));
    const place = (axis) => (order.has(axis.name) ? order.get(axis.name) : D.importance.length);
    return [...D.axes].sort((a, b) => place(a) - place(b)).slice(0, most);
  };

  const MOST_SLICES = 24;
  const slices = () => {
    if (!many || !D.axes.length) return report.hide("slices");
    const shown = report.importantFirst(MOST_SLICES);
    report.byId("slices-said").textContent =
      shown.length < D.axes.length ? `The ${shown.length} most important of ${D.axes.length} parameters.` : "";
    const frame = report.byId("slices-plots");
    while (frame.children.length > shown.length) frame.lastChild.remove();
    return shown.map((axis, at) => () => {
      const where = frame.children[at] || frame.appendChild(report.make("div", { class: "plot" }));
      where.dataset.slice = axis.name;
      const rows = D.drawn.filter((row) => axis.values[row] !== null);
      report.draw(where, [{
        type: "scatter", mode: "markers", x: rows.map((row) => axis.values[row]), y: rows.map((row) => C.metric[row]),
        text: rows.map(report.about), hoverinfo: "text",
        marker: { size: 6, opacity: 0.75, color: rows.map((row) => report.shade((C.rank[row] - 1) / Math.max(1, ranked - 1))) },
      }], report.layout(260, { uirevision: axis.name, xaxis: { ...title(axis.name), ...report.scale(axis) }, yaxis: title(D.metric) }),
        `${D.metric} by ${axis.name}`);
    });
  };

  // Each draws one plot, or gives what draws several.
  report.charts = [pareto, progress, curves, importance, together, heat, slices];
});
