// The ranked table: sorted, filtered, in pages, with the command line of each trial.
"use strict";
report.parts.push(() => {
  const D = report.data, C = D.columns, make = report.make;
  const PAGE = 25;
  const number = (values) => (row) => values[row];
  const front = new Set(D.pareto ? D.pareto.front : []);
  const columns = [
    { name: "rank", of: number(C.rank), number: true },
    { name: D.metric, of: number(C.metric), number: true },
    ...Object.entries(D.more).map(([name, values]) => ({ name, of: number(values), number: true })),
    ...(D.pareto ? [{ name: "pareto", of: (row) => (front.has(row) ? "yes" : "") }] : []),
    { name: "trial", of: (row) => C.trial[row], show: (row) => report.shortened(C.trial[row], 24) },
    ...(D.repeats === 1 ? [] : [{ name: "std", of: number(C.std), number: true }, { name: "n", of: number(C.n), number: true }]),
    ...D.axes.map((axis) =>
      axis.words
        ? { name: axis.name, of: (row) => report.value(axis, row), show: (row) => report.shortened(report.value(axis, row), 40) }
        : { name: axis.name, of: (row) => axis.values[row], number: true }),
    { name: "state", of: (row) => [C.state[row], C.reason[row]].filter(Boolean).join(": ") },
    { name: "seconds", of: number(C.seconds), number: true },
    { name: "note", of: (row) => C.note[row], note: true },
  ].filter((column) => column.name !== "note" || C.note.some(Boolean));
  const shown = (column, row) => {
    const value = column.show ? column.show(row) : column.of(row);
    return value === null ? "" : column.number ? report.number(value) : value;
  };

  let rows = [];
  const view = report.view.table ??= { by: "rank", down: false, page: 0, open: null }; // open is a trial
  const order = { at: Math.max(0, columns.findIndex((column) => column.name === view.by)), down: view.down };
  const tools = report.view.tools ??= {
    filter: make("input", { type: "search", id: "filter", placeholder: "filter: adam  lr<0.01  layers=3", "aria-label": "Filter the rows: words, or a column with < > = and a value" }),
    state: make("select", { "aria-label": "State" }, make("option", { value: "" }, "every state")),
    said: make("span", { "aria-live": "polite", id: "said" }),
    clear: make("button", { type: "button", hidden: "" }, "Clear the brushes"),
  };
  const { filter, state, said, clear } = tools;
  const states = new Set(["", ...C.state, state.value]);
  for (const one of [...state.options]) if (!states.delete(one.value)) one.remove();
  for (const one of states) state.append(make("option", { value: one }, one));
  if (!filter.isConnected) report.byId("tools").append(filter, state, said, clear); // one that is being typed in stays

  const test = (term) => {
    const found = /^(.+?)(<=|>=|<|>|=)(.*)$/.exec(term);
    const column = found && columns.find((one) => one.name.toLowerCase() === found[1]);
    if (column && found[2] === "=") return (row) => String(shown(column, row)).toLowerCase() === found[3];
    if (column && column.number && found[3] !== "" && !Number.isNaN(Number(found[3]))) {
      const limit = Number(found[3]);
      const holds = { "<": (v) => v < limit, ">": (v) => v > limit, "<=": (v) => v <= limit, ">=": (v) => v >= limit }[found[2]];
      return (row) => column.of(row) !== null && holds(column.of(row));
    }
    return (row) => columns.some((one) => String(shown(one, row)).toLowerCase().includes(term) || String(one.of(row)).toLowerCase().includes(term));
  };
  const compare = (a, b) => {
    const column = columns[order.at], x = column.of(a), y = column.of(b);
    if (x === null || y === null || x === "" || y === "") {
      const missing = (v) => v === null || v === "";
      return missing(x) - missing(y) || a - b; // what is missing stays last, either way
    }
    const way = column.number ? x - y : String(x).localeCompare(String(y), "en", { numeric: true });
    return (order.down ? -way : way) || a - b;
  };
  const choose = () => {
    const tests = filter.value.toLowerCase().split(/\s+/).filter(Boolean).map(test);
    if (state.value) tests.push((row) => C.state[row] === state.value);
    if (report.brushes.size) tests.push(report.brushed);
    rows = C.trial.map((_, row) => row).filter((row) => tests.every((one) => one(row))).sort(compare);
    clear.hidden = report.brushes.size === 0;
    view.page = Math.min(view.page, Math.max(0, Math.ceil(rows.length / PAGE) - 1));
    show();
  };
  report.refilter = () => {
    view.page = 0;
    view.open = null;
    choose();
  };

  const command = (row) => {
    const { head, tail, middles } = D.commands;
    return middles[row] === null || middles[row] === "" && !head ? "" : (head + middles[row] + tail).replaceAll("\ue000", C.trial[row]);
  };
  report.command = command;
  const copy = async (pre, button) => {
    getSelection().selectAllChildren(pre); // so that the keyboard can copy it where the page may not
    try {
      await navigator.clipboard.writeText(pre.textContent);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Selected: press Ctrl+C";
    }
  };
  const detail = (row) => {
    const line = command(row);
    const pre = make("pre", { tabindex: "0" }, line || "There is no command line: this trial was not started, or its folder is gone.");
    const button = make("button", { type: "button" }, "Copy");
    button.addEventListener("click", () => copy(pre, button));
    const inside = make("td", { colspan: columns.length + 1 }, make("div", {}, `Trial ${C.trial[row]}: its command line, with a folder of its own`), pre);
    if (line) inside.append(button);
    return make("tr", { class: "detail" }, inside);
  };
  const line = (row) => {
    const button = make("button", { type: "button", "aria-expanded": String(view.open === C.trial[row]), "aria-label": `Command line of trial ${C.trial[row]}` }, "command");
    button.addEventListener("click", () => {
      view.open = view.open === C.trial[row] ? null : C.trial[row];
      show();
      report.byId("table").querySelector(`[data-row="${row}"] button`).focus();
    });
    const cells = columns.map((column) => {
      const cell = make("td", { class: column.number ? "number" : column.note ? "note" : "" }, shown(column, row));
      if (column.show && column.of(row) !== column.show(row)) cell.title = column.of(row);
      return cell;
    });
    cells.splice(2, 0, make("td", {}, button)); // near the front, where a phone shows it
    return make("tr", { "data-row": row }, ...cells);
  };
  const heading = (column, at) => {
    const mine = order.at === at;
    const button = make("button", { type: "button" }, column.name + (mine ? (order.down ? " ▼" : " ▲") : ""));
    button.addEventListener("click", () => {
      Object.assign(view, { by: column.name, down: mine && !order.down });
      Object.assign(order, { at, down: view.down });
      report.refilter();
      report.byId("table").querySelectorAll("th button")[at].focus();
    });
    const sorted = mine ? { "aria-sort": order.down ? "descending" : "ascending" } : {};
    return make("th", { scope: "col", class: column.number ? "number" : "", ...sorted }, button);
  };
  const show = () => {
    const from = view.page * PAGE, to = Math.min(rows.length, from + PAGE);
    const headings = columns.map(heading);
    headings.splice(2, 0, make("th", { scope: "col" }, "run again"));
    const body = make("tbody");
    for (const row of rows.slice(from, to)) body.append(line(row), ...(view.open === C.trial[row] ? [detail(row)] : []));
    const head = make("thead", {}, make("tr", {}, ...headings));
    report.byId("table").replaceChildren(make("table", {}, head, body));
    const counted = rows.length === C.trial.length ? `${rows.length.toLocaleString("en")} rows` : `${rows.length.toLocaleString("en")} of ${C.trial.length.toLocaleString("en")} rows`;
    said.textContent = counted + (report.brushes.size ? ` (brushed: ${report.brushesInWords()})` : "");
    const turn = (words, by, possible) => {
      const button = make("button", { type: "button" }, words);
      button.disabled = !possible;
      button.addEventListener("click", () => { view.page += by; view.open = null; show(); });
      return button;
    };
    const last = Math.max(0, Math.ceil(rows.length / PAGE) - 1);
    const turns = last ? [turn("Previous", -1, view.page > 0), `page ${view.page + 1} of ${last + 1}`, turn("Next", 1, view.page < last)] : [];
    report.byId("pages").replaceChildren(...turns);
  };
  filter.oninput = report.refilter;
  state.onchange = report.refilter;
  clear.onclick = () => report.clearBrushes();
  report.fill = choose;
});
