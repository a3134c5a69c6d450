// Parallel coordinates: an upright axis for each parameter and the metric, a line for each trial, brushes on the axes.
"use strict";
report.parts.push(() => {
  const D = report.data;
  const MOST = 11, HEIGHT = 380, LEFT = 60, RIGHT = 60, TOP = 40, BOTTOM = 26, SHADES = 8, LINES = 300;
  const metric = { name: D.metric, values: D.columns.metric, words: null, log: false, last: true };
  const axes = [...report.importantFirst(MOST), metric];
  const earlier = report.view.brushed?.() ?? []; // of the axes as they were before the data was renewed
  report.brushes = new Map(); // place of an axis -> [low, high] from 0 to 1

  const drawn = (axis, value) => (axis.log ? Math.log10(value) : value);
  for (const axis of axes) {
    const known = D.drawn.map((row) => axis.values[row]).filter((value) => value !== null).map((v) => drawn(axis, v));
    axis.low = axis.words ? -0.5 : known.reduce((a, b) => Math.min(a, b), Infinity);
    axis.high = axis.words ? axis.words.length - 0.5 : known.reduce((a, b) => Math.max(a, b), -Infinity);
  }
  const height = (axis, value) => {
    if (value === null) return null;
    return axis.high > axis.low ? (drawn(axis, value) - axis.low) / (axis.high - axis.low) : 0.5;
  };
  const valueAt = (axis, place) => {
    const value = axis.low + place * (axis.high - axis.low);
    return axis.log ? 10 ** value : value;
  };

  // As values, because an axis grows with its data; null = an end of the axis, and what may come beyond it.
  report.view.brushed = () => [...report.brushes].map(([at, [low, high]]) => {
    const axis = axes[at];
    if (!axis.words) return [axis.name, low <= 0 ? null : valueAt(axis, low), high >= 1 ? null : valueAt(axis, high)];
    const words = axis.words.filter((_, place) => inside(height(axis, place), low, high));
    return [axis.name, words[0] ?? null, words[words.length - 1] ?? null];
  });
  const brushAgain = ([name, low, high]) => {
    const at = axes.findIndex((axis) => axis.name === name), axis = axes[at];
    if (!axis) return;
    const half = axis.words ? 0.45 / axis.words.length : 0;
    const end = (value, otherwise, by) =>
      value === null ? otherwise : height(axis, axis.words ? axis.words.indexOf(value) : value) + by;
    report.brushes.set(at, [end(low, 0, -half), end(high, 1, half)]);
  };

  report.brushed = (row) => {
    for (const [at, [low, high]] of report.brushes) {
      const place = height(axes[at], axes[at].values[row]);
      if (place === null || !inside(place, low, high)) return false;
    }
    return true;
  };
  report.brushesInWords = () =>
    [...report.brushes].map(([at, [low, high]]) => {
      const axis = axes[at];
      if (!axis.words) return `${axis.name} ${report.number(valueAt(axis, low))} to ${report.number(valueAt(axis, high))}`;
      return `${axis.name} ${axis.words.filter((_, place) => inside(height(axis, place), low, high)).join(", ") || "none"}`;
    }).join("; ");
  // Beyond the ends of an axis are only trials that are not drawn: a brush that reaches an end takes them along.
  const inside = (place, low, high) => (low <= 0 || place >= low - 1e-9) && (high >= 1 || place <= high + 1e-9);

  const lines = (rows, line) => {
    const x = [], y = [];
    for (const row of rows) {
      for (const [at, axis] of axes.entries()) { x.push(at); y.push(height(axis, axis.values[row])); }
      x.push(null); y.push(null);
    }
    return { type: "scatter", mode: "lines", x, y, line, hoverinfo: "skip", connectgaps: false };
  };
  const labels = (axis, at) => {
    const text = (y, value) => ({
      x: at, y, text: report.plain(report.shortened(String(value), 12)), showarrow: false, xanchor: "left", xshift: 4,
      font: { size: 10 }, bgcolor: report.colors().card, opacity: 0.9,
    });
    if (axis.words) {
      const step = Math.ceil(axis.words.length / 10);
      return axis.words.flatMap((word, place) => (place % step ? [] : [text(height(axis, place), word)]));
    }
    return axis.high >= axis.low ? [0, 0.25, 0.5, 0.75, 1].map((y) => text(y, Number(valueAt(axis, y).toPrecision(3)))) : [];
  };

  // More lines than this are one blot: the best third of them, and the others evenly.
  const some = (rows) => {
    if (rows.length <= LINES) return rows;
    const first = LINES / 3, step = (rows.length - first) / (LINES - first);
    return rows.filter((_, at) => at < first || Math.floor((at - first) / step) !== Math.floor((at - first - 1) / step));
  };

  const frame = report.byId("parallel-frame");
  const width = () => Math.max(frame.parentElement.clientWidth, LEFT + RIGHT + 86 * (axes.length - 1));
  const plot = () => {
    const colors = report.colors();
    const all = D.drawn.filter(report.brushed);
    const kept = some(all), left = some(D.drawn.filter((row) => !report.brushed(row)));
    report.byId("parallel-said").textContent = kept.length < all.length ?
      `The lines are of ${kept.length} of ${all.length.toLocaleString("en")} trials: the best and an even choice of the others.` : "";
    const traces = [lines(left, { width: 0.7, color: colors.faint })];
    for (let shade = SHADES - 1; shade >= 0; shade--) {
      const part = (at) => Math.floor((at * kept.length) / SHADES);
      traces.push(lines(kept.slice(part(shade), part(shade + 1)), { width: 1.3, color: report.shade(shade / (SHADES - 1)) }));
    }
    const names = axes.map((axis, at) => ({
      x: at, y: 1, yshift: 22, text: report.plain(report.shortened(axis.name, 14)), showarrow: false, font: { size: 12 },
    }));
    frame.style.width = `${width()}px`;
    report.draw("parallel-plot", traces, report.layout(HEIGHT, {
      width: width(), margin: { l: LEFT, r: RIGHT, t: TOP, b: BOTTOM },
      xaxis: { visible: false, range: [0, axes.length - 1], automargin: false },
      yaxis: { visible: false, range: [0, 1], automargin: false },
      annotations: [...axes.flatMap(labels), ...names],
      shapes: axes.map((_, at) => ({ type: "line", x0: at, x1: at, y0: 0, y1: 1, line: { color: colors.text, width: 1 } })),
    }), `${all.length} of ${D.drawn.length} trials between the limits`, { staticPlot: true, responsive: false });
    place();
  };

  const strips = axes.map((axis, at) => {
    const strip = report.make("div", { class: "strip", "data-axis": axis.name, "aria-hidden": "true" });
    const brush = strip.appendChild(report.make("div", { class: "brush" }));
    let from = null;
    const here = (event) => {
      const box = strip.getBoundingClientRect();
      return Math.min(1, Math.max(0, 1 - (event.clientY - box.top) / box.height));
    };
    const show = (low, high) => {
      brush.style.top = `${(1 - high) * 100}%`;
      brush.style.height = `${(high - low) * 100}%`;
    };
    strip.addEventListener("pointerdown", (event) => { from = here(event); strip.setPointerCapture(event.pointerId); show(from, from); });
    strip.addEventListener("pointermove", (event) => {
      if (from !== null) show(Math.min(from, here(event)), Math.max(from, here(event)));
    });
    strip.addEventListener("pointerup", (event) => {
      if (from === null) return;
      const to = here(event);
      // A click takes the brush away.
      report.brush(at, Math.abs(to - from) < 0.01 ? null : [Math.min(from, to), Math.max(from, to)]);
      from = null;
    });
    strip.addEventListener("pointercancel", () => { from = null; place(); });
    return { strip, show };
  });
  const place = () => {
    const step = (width() - LEFT - RIGHT) / Math.max(1, axes.length - 1);
    for (const [at, { strip, show }] of strips.entries()) {
      strip.style.cssText = `left:${LEFT + at * step - 16}px;top:${TOP}px;height:${HEIGHT - TOP - BOTTOM}px`;
      show(...(report.brushes.get(at) || [0, 0]));
    }
  };

  const fields = axes.map((axis, at) => {
    const field = (label) => report.make("input", { type: "text", inputmode: "decimal", placeholder: label, "aria-label": `${axis.name}: ${label}` });
    const set = report.make("fieldset", {}, report.make("legend", {}, axis.name));
    if (axis.words) {
      const select = report.make("select", { "aria-label": axis.name }, report.make("option", { value: "" }, "all"));
      select.append(...axis.words.map((word, n) => report.make("option", { value: n }, report.shortened(word))));
      const half = 0.5 / axis.words.length;
      select.addEventListener("change", () => {
        const middle = height(axis, Number(select.value));
        report.brush(at, select.value === "" ? null : [middle - half * 0.9, middle + half * 0.9]);
      });
      set.append(select);
      const show = () => {
        const [low, high] = report.brushes.get(at);
        const words = axis.words.map((_, place) => place).filter((place) => inside(height(axis, place), low, high));
        select.value = words.length === 1 ? words[0] : "";
      };
      return { set, show, clear: () => { select.value = ""; } };
    }
    const low = field("from"), high = field("to");
    const read = (input, otherwise) => {
      const value = Number(input.value);
      return input.value.trim() === "" || Number.isNaN(value) || (axis.log && value <= 0) ? otherwise : height(axis, value);
    };
    const change = () => {
      const limits = [read(low, 0), read(high, 1)];
      report.brush(at, limits[0] <= 0 && limits[1] >= 1 ? null : limits);
    };
    for (const input of [low, high]) input.addEventListener("change", change);
    set.append(low, " ", high);
    const show = () => {
      const limits = report.brushes.get(at);
      if (limits[0] > 0) low.value = report.number(valueAt(axis, limits[0]));
      if (limits[1] < 1) high.value = report.number(valueAt(axis, limits[1]));
    };
    return { set, show, clear: () => { low.value = high.value = ""; } };
  });

  report.brush = (at, limits) => {
    if (limits) report.brushes.set(at, limits);
    else report.brushes.delete(at);
    if (!limits) fields[at].clear();
    plot();
    report.refilter();
  };
  report.clearBrushes = () => {
    report.brushes.clear();
    for (const one of fields) one.clear();
    plot();
    report.refilter();
  };
  report.charts.splice(1, 0, () => {
    if (!D.drawn.length || axes.length < 2) return report.hide("parallel");
    if (!strips[0].strip.isConnected) {
      for (const one of frame.querySelectorAll(".strip")) one.remove();
      frame.append(...strips.map(({ strip }) => strip));
      report.byId("limits").replaceChildren(...fields.map(({ set }) => set));
    }
    report.resized = plot;
    plot();
  });
  earlier.forEach(brushAgain);
  for (const at of report.brushes.keys()) fields[at].show();
});
