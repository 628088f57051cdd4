"use strict";
/* The page: words in the language chosen, the pictures, and what stands behind a segment. */

const data = JSON.parse(document.getElementById("data").textContent);
const SERIES = { model: "#389fed", recency: "#f3a65d", base: "#757575" };
const state = { language: "en", theme: "auto", segment: null, months: "lifecycle_stage", flows: "segment" };

/* -- small tools ------------------------------------------------------------------------- */

const byId = (id) => document.getElementById(id);
const say = (text) => (text ? text[state.language] : "");
function word(key, values = {}) {
  return data.words[key][state.language].replace(/\{(\w+)[^}]*\}/g, (_, name) => values[name] ?? "");
}
function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") made.addEventListener("click", value);
    else if (value !== undefined && value !== null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}
function numbers(options) {
  return (value) => new Intl.NumberFormat(state.language === "zh" ? "zh-CN" : "en", options).format(value);
}
const count = (value) => numbers({ maximumFractionDigits: 0 })(value);
const short = (value) => numbers({ notation: "compact", maximumFractionDigits: 1 })(value);
const percent = (value) => numbers({ style: "percent", maximumFractionDigits: 1 })(value);
const wholePercent = (value) => numbers({ style: "percent", maximumFractionDigits: 0 })(value);
const oneDigit = (value) => numbers({ maximumFractionDigits: 1 })(value);
const bound = (value) => numbers({ maximumFractionDigits: 2 })(value);
const two = (value) => numbers({ minimumFractionDigits: 2, maximumFractionDigits: 2 })(value);
const money = (value) => `${data.currency}\u00a0${count(value)}`;
const dash = (value, format) => (value === null || value === undefined ? "–" : format(value));
const signed = (value, format) => (value > 0 ? "+" : value < 0 ? "−" : "±") + format(Math.abs(value));

const dimension = (code) => data.dimensions[code];
const category = (code, name) => dimension(code).categories[name];
const segmentName = (code) => (code === null ? word("joined") : say(category("segment", code).label));
const last = (values) => values[values.length - 1];
/* What a course of looks was at the two looks between which changes are told. */
const told = (values) => (data.told ? data.told.map((at) => values[at]) : [null, null]);
const monthNamed = (month) => new Intl.DateTimeFormat(state.language === "zh" ? "zh-CN" : "en", { month: "short", year: "numeric", timeZone: "UTC" })
  .format(new Date(month));
const monthOf = (look) => look.slice(0, 7);

function svg(tag, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function chip(colour) {
  return svg("svg", { class: "chip", viewBox: "0 0 12 12", "aria-hidden": "true" },
    svg("rect", { x: 0.5, y: 0.5, width: 11, height: 11, rx: 2, fill: colour }));
}

function table(caption, heads, rows, attributes = {}) {
  const head = node("tr", {}, ...heads.map((text, i) => node("th", { scope: "col", class: i ? "n" : null }, text)));
  const body = rows.map((cells) => node("tr", {}, ...cells.map((cell, i) =>
    i ? node("td", { class: "n" }, cell) : node("th", { scope: "row" }, cell))));
  return node("table", attributes, node("caption", {}, caption), node("thead", {}, head), node("tbody", {}, ...body));
}

function legend(items) {
  return node("ul", { class: "legend" }, ...items.map(({ name, colour, value, dashed, line }) => node("li", {},
    line
      ? svg("svg", { class: "line", viewBox: "0 0 22 8", "aria-hidden": "true" },
        svg("line", { x1: 0, x2: 22, y1: 4, y2: 4, stroke: colour, "stroke-width": 3, "stroke-dasharray": dashed ? "5 4" : "none" }))
      : chip(colour),
    name, value ? node("span", { class: "n" }, value) : "")));
}

/* -- the frame ---------------------------------------------------------------------------- */

function frame() {
  document.documentElement.lang = state.language === "zh" ? "zh-CN" : "en";
  document.title = word("title");
  for (const labelled of document.querySelectorAll("[data-word]")) labelled.textContent = word(labelled.dataset.word);
  const other = byId("language");
  other.textContent = word("other_language");
  other.lang = state.language === "zh" ? "en" : "zh-CN";
  const newest = last(data.looks);
  const [since, until] = told(data.looks);
  const days = Math.round((new Date(until) - new Date(since)) / 864e5);
  byId("when").textContent = word("as_of", { date: newest }) + word("comma") +
    (!since ? word("first_look") : until === newest ? word("compared_with", { date: since, days }) : word("changes_between", { since, until }));
  byId("footer").textContent = word("footer", { version: data.version, currency: data.currency });
}

function tiles() {
  const courses = [];
  byId("top").replaceChildren(...data.top.map((figure) => {
    const now = last(figure.values);
    const format = figure.unit === "share" ? percent : count;
    const [then, after] = figure.change || [null, null];
    const change = then === null ? null : after - then;
    const title = word(figure.key, { month: figure.month && monthNamed(figure.month) });
    const good = figure.is_worse_when_up ? change < 0 : change > 0;
    const isShare = figure.unit === "share";
    const relative = then && !isShare ? ` (${signed(change / then, percent)})` : "";
    const amount = isShare ? word("points", { n: signed(100 * change, oneDigit) }) : signed(change, count);
    const judged = isShare || change === 0 ? "note" : good ? "better" : "worse";
    const course = node("div", { class: "course" });
    courses.push(() => spark(course, figure.values, SERIES.model, `${title}: ${figure.values.map(format).join(", ")}`));
    return node("div", { class: "tile" },
      node("h3", {}, figure.unit === "money" ? `${title}${word("comma")}${data.currency}` : title),
      node("p", { class: "number" }, now >= 1e8 ? short(now) : format(now)),
      change === null ? "" : node("p", { class: judged },
        change === 0 ? word("no_change") : `${change > 0 ? "▲" : "▼"} ${amount}${relative}`),
      figure.note ? node("p", { class: "note" }, word(figure.note)) : "",
      course);
  }));
  for (const draw of courses) draw();
}

function todo(segment) {
  const actions = data.segments[segment].actions;
  if (!actions.length) return node("p", { class: "todo note" }, word("no_playbook"));
  const first = actions[0];
  return node("p", { class: "todo" }, node("b", {}, `${word("what_to_do")}: `), say(first.action),
    node("span", { class: "note" }, ` — ${say(first.who)}`));
}

function whatChanged() {
  const sides = ["worse", "better"].filter((side) => data.changes[side].length);
  if (!sides.length) {
    byId("changes").replaceChildren(node("p", {}, word("nothing_changed")));
    return;
  }
  byId("changes").replaceChildren(...sides.map((side) => node("div", {},
    node("h3", { class: side }, `${side === "worse" ? "▼" : "▲"} ${word(side)}`),
    node("ul", {}, ...data.changes[side].map((change) => {
      const item = node("li", {},
        node("p", {}, say(change.text) + word("full_stop")),
        node("p", { class: "note" }, [say(change.usual), say(change.stake)].filter(Boolean).join(word("semicolon")) + word("full_stop")),
        todo(change.to),
        opener(change.to, word("open_segment", { segment: segmentName(change.to) })));
      item.style.borderColor = category("segment", change.to).colour;
      return item;
    })))));
}

function opener(segment, text) {
  return node("button", { type: "button", class: "link", "data-segment": segment, onclick: () => { location.hash = `segment=${segment}`; } }, text);
}

function shareBar(share, colour) {
  return svg("svg", { class: "bar", viewBox: "0 0 100 5", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { width: 100, height: 5, fill: "currentColor", "fill-opacity": 0.12 }),
    svg("rect", { width: 100 * share, height: 5, fill: colour }));
}

function segmentTable() {
  const names = Object.keys(data.segments);
  const sum = (column) => names.reduce((all, name) => all + (last(data.segments[name].trend)[column] || 0), 0);
  const [everyone, revenue] = [sum(0), sum(1)];
  const heads = ["segment", "definition", "customers", "change", "share_of_customers", "share_of_revenue", "no_order_chance", "predicted"];
  const rows = names.map((name) => {
    const known = category("segment", name);
    const now = last(data.segments[name].trend);
    const [then, after] = told(data.segments[name].trend);
    const cells = [
      count(now[0]),
      then === null ? "–" : after[0] === then[0] ? "0" : signed(after[0] - then[0], count),
      [percent(everyone ? now[0] / everyone : 0), shareBar(everyone ? now[0] / everyone : 0, known.colour)],
      [percent(revenue ? now[1] / revenue : 0), shareBar(revenue ? now[1] / revenue : 0, known.colour)],
      dash(now[2], wholePercent),
      dash(now[3], money),
    ];
    return node("tr", {},
      node("th", { scope: "row" }, chip(known.colour), opener(name, say(known.label))),
      node("td", { class: "definition" }, say(known.definition)),
      ...cells.map((cell, i) => node("td", { class: "n", "data-head": word(heads[i + 2]) }, ...[cell].flat())));
  });
  byId("reading").textContent = say(data.reading);
  byId("segments").replaceChildren(node("div", { class: "scroll" }, node("table", { class: "cards" },
    node("thead", {}, node("tr", {}, ...heads.map((head, i) => node("th", { scope: "col", class: i > 1 ? "n" : null }, word(head))))),
    node("tbody", {}, ...rows))));
}

/* -- the pictures ------------------------------------------------------------------------- */

function figure(key, { wide, scroll, reading, choices, draw, legendOf, tableOf }) {
  const host = node("div", { class: scroll ? "draw scroll" : "draw", id: `draw-${key}`, tabindex: scroll ? 0 : null });
  const title = node("h3", { id: `title-${key}` }, word(key));
  const caption = node("figcaption", {}, title);
  if (choices) caption.append(choices);
  caption.append(node("p", { class: "reading" }, say(reading)));
  const made = node("figure", { class: wide ? "wide" : null, id: `figure-${key}`, "aria-labelledby": `title-${key}` }, caption, host);
  if (legendOf) made.append(legend(legendOf));
  if (tableOf) made.append(node("details", {}, node("summary", {}, word("show_table")), node("div", { class: "scroll", tabindex: 0 }, tableOf)));
  made.draw = () => draw && draw(host, `${word(key)}. ${say(reading)}`);
  return made;
}

function chooser(key, codes) {
  const choice = node("select", { id: `choose-${key}` }, ...codes.map((code) =>
    node("option", { value: code }, say(dimension(code).label))));
  choice.value = state[key];
  choice.addEventListener("change", () => {
    state[key] = choice.value;
    pictures();
    byId(`choose-${key}`).focus();
  });
  return node("label", {}, `${word("months_of")} `, choice);
}

function tiersFigure() {
  const { rows, reading } = data.pictures.tiers;
  const total = rows.reduce((sum, row) => sum + row[3], 0);
  const groups = {};
  for (const [tier, stage, customers, revenue] of rows) {
    const { label, colour } = category("value_tier", tier);
    const stageName = say(category("lifecycle_stage", stage).label);
    const group = groups[tier] ||= { colour, value: 0, items: [], name: say(label) };
    group.value += revenue;
    group.items.push({
      value: revenue,
      lines: [`${say(label)} · ${stageName}`, `${percent(revenue / total)}`, word("n_customers", { n: count(customers) })],
      tip: `${say(label)} · ${stageName}: ${money(revenue)} (${percent(revenue / total)}), ${word("n_customers", { n: count(customers) })}`,
    });
  }
  const sorted = Object.values(groups).sort((a, b) => b.value - a.value);
  return figure("tiers", {
    reading,
    draw: rows.length ? (host, label) => treemap(host, { label, groups: sorted }) : null,
    legendOf: sorted.map(({ name, colour, value }) => ({ name, colour, value: percent(value / total) })),
    tableOf: table(word("tiers"), [say(dimension("value_tier").label), say(dimension("lifecycle_stage").label), word("customers"), word("net_revenue_365d")],
      rows.map(([tier, stage, customers, revenue]) => [say(category("value_tier", tier).label), say(category("lifecycle_stage", stage).label), count(customers), money(revenue)])),
  });
}

function monthsFigure() {
  const code = state.months;
  const { customers, reading } = data.pictures.months[code];
  const series = Object.entries(customers).filter(([, values]) => values.some(Boolean)).map(([name, values]) => ({
    name: say(category(code, name).label), colour: category(code, name).colour, values,
  }));
  const totals = data.looks.map((_, i) => series.reduce((sum, one) => sum + one.values[i], 0));
  return figure("months", {
    reading,
    choices: chooser("months", Object.keys(data.pictures.months)),
    draw: (host, label) => columns(host, {
      label, series, labels: data.looks.map(monthOf), format: short,
      tip: (one, i) => `${data.looks[i]} · ${one.name}: ${count(one.values[i])} (${percent(one.values[i] / totals[i])})`,
    }),
    legendOf: [...series].reverse().map(({ name, colour, values }) => ({ name, colour, value: count(last(values)) })),
    tableOf: table(word("months"), [word("date"), ...series.map((one) => one.name)],
      data.looks.map((look, i) => [look, ...series.map((one) => count(one.values[i]))])),
  });
}

function flowsFigure() {
  const code = state.flows;
  const { moves, reading } = data.pictures.flows[code];
  const nodes = { join: { name: word("joined"), colour: SERIES.base } };
  for (const [name, known] of Object.entries(dimension(code).categories)) {
    if (moves.some((move) => move[0] === name || move[1] === name)) nodes[name] = { name: say(known.label), colour: known.colour };
  }
  const named = moves.map(([from, to, value]) => [from === null ? "join" : from, to, value]);
  if (!named.some((move) => move[0] === "join")) delete nodes.join;
  const [since, until] = told(data.looks);
  const dates = { from: since || "–", to: until || last(data.looks) };
  return figure("flows", {
    wide: true,
    reading,
    choices: chooser("flows", Object.keys(data.pictures.flows)),
    draw: (host, label) => sankey(host, {
      label, nodes, moves: named,
      heads: { from: word("from", { date: dates.from }), to: word("to", { date: dates.to }) },
      tip: (from, to, value) => `${nodes[from].name} → ${nodes[to].name}: ${count(value)}`,
    }),
    tableOf: table(word("flows"), [word("from", { date: dates.from }), word("to", { date: dates.to }), word("customers")],
      [...named].sort((a, b) => b[2] - a[2]).map(([from, to, value]) => [nodes[from].name, nodes[to].name, count(value)])),
  });
}

function cohortsFigure() {
  const { rows, reading } = data.pictures.cohorts;
  const most = Math.max(...rows.map((row) => row.length - 2), 0);
  const heads = Array.from({ length: most }, (_, i) => String(i));
  return figure("cohorts", {
    wide: true,
    scroll: true,
    reading,
    draw: rows.length ? (host, label) => heatmap(host, {
      label, heads, title: word("months_after"), format: (share) => numbers({ maximumFractionDigits: 0 })(100 * share),
      rows: rows.map(([month, customers, ...buying]) => ({
        name: month,
        cells: buying.map((share, i) => ({
          share,
          tip: `${word("cohort")} ${month}${word("comma")}${word("month_n", { n: i })}: ${percent(share)} ${word("bought")} (${word("n_customers", { n: count(customers) })})`,
        })),
      })),
    }) : null,
    tableOf: table(word("cohorts"), [word("cohort"), word("customers"), ...heads],
      rows.map(([month, customers, ...buying]) => [month, count(customers), ...buying.map(percent)])),
  });
}

function concentrationFigure() {
  const { now, before: then, reading } = data.pictures.concentration;
  const curve = (values) => [[0, 0], ...values.map((share, i) => [(i + 1) / 100, share])];
  const series = [
    { name: word("evenly"), colour: SERIES.base, dashed: true, points: [[0, 0], [1, 1]] },
    ...(then.length ? [{ name: word("year_ago"), colour: SERIES.recency, points: curve(then) }] : []),
    { name: word("today"), colour: SERIES.model, points: curve(now) },
  ];
  if (now.length) series.push({ name: word("today"), colour: SERIES.model, dots: true, points: [[0.2, now[19]]] });
  return figure("concentration", {
    reading,
    draw: now.length ? (host, label) => lines(host, {
      label, series, format: wholePercent,
      xTitle: word("best_customers"), yTitle: word("revenue_share"),
      tip: (one, point) => `${one.name}: ${wholePercent(point[0])} → ${percent(point[1])}`,
    }) : null,
    legendOf: series.filter((curve) => !curve.dots).reverse().map((curve) => ({ ...curve, line: true })),
    tableOf: table(word("concentration"), [word("best_customers"), word("today"), word("year_ago")],
      [1, 5, 10, 20, 50, 80].map((top) => [wholePercent(top / 100), dash(now[top - 1], percent), dash(then[top - 1], percent)])),
  });
}

function calibrationFigure() {
  const { rows, reading } = data.pictures.calibration;
  const series = [
    { name: word("perfectly"), colour: SERIES.base, dashed: true, points: [[0, 0], [1, 1]] },
    { name: word("each_tenth"), colour: SERIES.model, dots: true, points: rows.map((row) => [row[0], row[1]]) },
  ];
  return figure("calibration", {
    reading,
    draw: rows.length ? (host, label) => lines(host, {
      label, series, format: wholePercent,
      xTitle: word("predicted_share"), yTitle: word("actual_share"),
      tip: (_, point) => `${word("predicted_share")} ${percent(point[0])}, ${word("actual_share")} ${percent(point[1])}`,
    }) : null,
    legendOf: rows.length ? series.map((curve) => ({ ...curve, line: true })) : null,
    tableOf: table(word("calibration"), [word("predicted_share"), word("actual_share"), word("customers")],
      rows.map((row) => [percent(row[0]), percent(row[1]), count(row[2])])),
  });
}

function backtestFigure() {
  const { aucs, reading } = data.pictures.backtest;
  const colours = { model: SERIES.model, recency: SERIES.recency, base_rate: SERIES.base };
  const series = Object.entries(aucs).map(([predictor, points]) => ({
    name: word(predictor), colour: colours[predictor], dots: predictor !== "base_rate", dashed: predictor === "base_rate",
    points: Object.entries(points).sort(),
  })).filter((one) => one.points.length);
  const days = [...new Set(series.flatMap((one) => one.points.map((point) => point[0])))].sort();
  const lowest = Math.min(0.5, ...series.flatMap((one) => one.points.map((point) => point[1])));
  const at = (points, day) => points.find((point) => point[0] === day)?.[1];
  return figure("backtest", {
    reading,
    draw: days.length ? (host, label) => lines(host, {
      label, labels: days, series, format: two, lowest: Math.floor(lowest * 10 - 0.5) / 10, yTitle: word("auc"),
      tip: (one, point) => `${point[0]} · ${one.name}: ${two(point[1])}`,
    }) : null,
    legendOf: series.map((curve) => ({ ...curve, line: true })),
    tableOf: table(word("backtest"), [word("quarter_end"), ...series.map((one) => one.name)],
      days.map((day) => [day, ...series.map((one) => dash(at(one.points, day), two))])),
  });
}

function liftFigure() {
  const { rows, reading } = data.pictures.lift;
  const range = (row) => dash(row.low, (low) => `${percent(low)} … ${percent(row.high)}`);
  return figure("lift", {
    wide: true,
    reading,
    draw: rows.length ? (host, label) => intervals(host, {
      label, title: word("lift_axis"), format: percent,
      rows: rows.map((row) => ({
        ...row, name: segmentName(row.segment), colour: category("segment", row.segment).colour, note: say(row.verdict),
        tip: `${segmentName(row.segment)}: ${dash(row.value, percent)} (${range(row)})${word("comma")}${say(row.verdict)}`,
      })),
    }) : null,
    tableOf: rows.length ? table(word("lift"), ["segment", "lift_axis", "interval", "treated", "held_out", "revenue_won", "cost", "verdict"].map((key) => word(key)),
      rows.map((row) => [segmentName(row.segment), dash(row.value, percent), range(row), count(row.treated), count(row.held_out),
        dash(row.revenue, money), dash(row.cost, money), say(row.verdict)])) : null,
  });
}

function conversionFigure() {
  const { rows, reading } = data.pictures.conversion;
  return figure("conversion", {
    reading,
    draw: rows.length ? (host, label) => bars(host, {
      label,
      rows: rows.map(([stage, reached, share]) => {
        const known = category("lifecycle_stage", stage);
        const note = `${count(reached)} (${percent(share)})`;
        return { name: say(known.label), note, parts: [{ share, colour: known.colour, tip: `${say(known.label)}: ${note}` }] };
      }),
    }) : null,
    tableOf: table(word("conversion"), [say(dimension("lifecycle_stage").label), word("reached"), word("share_of_customers")],
      rows.map(([stage, reached, share]) => [say(category("lifecycle_stage", stage).label), count(reached), percent(share)])),
  });
}

let drawn = [];
function pictures() {
  const open = new Set([...document.querySelectorAll("#figures details[open]")].map((one) => one.closest("figure").id));
  drawn = [tiersFigure(), monthsFigure(), flowsFigure(), cohortsFigure(),
    concentrationFigure(), conversionFigure(), liftFigure(), calibrationFigure(), backtestFigure()];
  byId("figures").replaceChildren(...drawn);
  for (const one of drawn) {
    if (open.has(one.id)) one.querySelector("details").open = true;
    one.draw();
  }
}

/* -- behind a segment ---------------------------------------------------------------------- */

function movesTable(title, moves) {
  if (!moves.length) return node("div", {}, node("h3", {}, title), node("p", { class: "note" }, word("nobody")));
  const looks = Math.min(12, data.looks.length);
  const [since, until] = told(data.looks).map((look) => look || "…");
  const made = table(title, [word("segment"), word("between", { since, until }), word("last_year", { looks })],
    moves.map(([other, now, year]) => [segmentName(other), count(now), count(year)]));
  made.querySelectorAll("tbody th").forEach((cell, i) => {
    const other = moves[i][0];
    cell.prepend(chip(other === null ? SERIES.base : category("segment", other).colour));
  });
  made.querySelector("caption").remove();
  return node("div", {}, node("h3", {}, title), made);
}

function mixBar([code, shares]) {
  const total = Object.values(shares).reduce((sum, value) => sum + value, 0);
  const parts = Object.entries(dimension(code).categories).filter(([name]) => shares[name]).map(([name, { label, colour }]) => ({
    share: shares[name] / total, colour, tip: `${say(label)}: ${percent(shares[name] / total)}`,
  }));
  const largest = parts.reduce((one, other) => (other.share > one.share ? other : one));
  return { name: say(dimension(code).label), note: largest.tip, parts };
}

function ruleText(conditions) {
  if (!conditions.length) return word("rule_rest");
  return conditions.map(([code, name]) => `${say(dimension(code).label)}: ${say(category(code, name).label)}`).join(" + ");
}

function drill() {
  const box = byId("drill");
  const name = state.segment;
  if (!name) {
    if (box.open) box.close();
    return;
  }
  const known = category("segment", name);
  const segment = data.segments[name];
  const [trend, mix] = ["trend", "mix"].map((key) => node("div", { class: "draw", id: `draw-${key}` }));
  const copy = node("button", { type: "button" }, word("copy"));
  copy.addEventListener("click", () => {
    navigator.clipboard?.writeText(segment.sql).then(() => { copy.textContent = word("copied"); });
  });
  const actions = segment.actions.map((one) => node("li", {}, say(one.action), node("span", { class: "note" }, ` — ${say(one.who)}`)));
  const lifts = data.pictures.lift.rows.filter((row) => row.segment === name);
  const close = node("button", { type: "button", id: "close", onclick: () => box.close() }, word("close"));
  const parts = [
    node("div", { class: "head" }, node("h2", { id: "drill-title", tabindex: "-1" }, chip(known.colour), say(known.label)), close),
    node("p", {}, say(known.definition)),
    node("h3", {}, word("rules")),
    node("ul", { class: "plain" }, ...segment.rules.map((rule) => node("li", {}, ruleText(rule)))),
    node("h3", {}, word("action")),
    actions.length ? node("ul", { class: "plain" }, ...actions) : node("p", { class: "note" }, word("no_playbook")),
    node("h3", {}, word("its_lift")),
    lifts.length
      ? node("ul", { class: "plain" }, ...lifts.map((row) => node("li", {}, word("lift_of_segment", {
        lift: dash(row.value, percent), low: dash(row.low, percent), high: dash(row.high, percent),
        treated: count(row.treated), held_out: count(row.held_out), verdict: say(row.verdict),
      }))))
      : node("p", { class: "note" }, word("no_lift")),
    node("h3", {}, `${word("trend")}: ${word("customers")}`), trend,
    node("div", { class: "two" }, movesTable(word("came_from"), segment.came), movesTable(word("went_to"), segment.went)),
    node("h3", {}, word("who_they_are")),
    mix,
    node("h3", {}, word("what_they_buy")),
    segment.affinity.length ? affinityTable(segment.affinity) : node("p", { class: "note" }, word("no_affinity")),
    node("h3", {}, word("sql")),
    node("pre", { tabindex: 0 }, node("code", { id: "sql" }, segment.sql)), copy,
  ];
  box.replaceChildren(...parts);
  if (!box.open) box.showModal();
  box.scrollTop = 0;
  byId("drill-title").focus();
  const values = segment.trend.map((row) => row[0]);
  columns(trend, {
    label: `${word("trend")}: ${say(known.label)}`, labels: data.looks.map(monthOf), format: short,
    series: [{ name: say(known.label), colour: known.colour, values }],
    tip: (_, i) => `${data.looks[i]}: ${count(values[i])}`,
  });
  const rows = Object.entries(segment.mix).map(mixBar);
  if (!rows.length) return;
  bars(mix, { label: rows.map((row) => `${row.name}: ${row.parts.map((part) => part.tip).join(", ")}`).join(". "), rows });
}

function affinityTable(rows) {
  return table(word("affinity_note"), ["product_category", "customers", "share_of_segment", "against_others"].map((key) => word(key)),
    rows.map(([name, buyers, share, lift]) => [name, count(buyers), percent(share), `× ${two(lift)}`]));
}

/* -- the checks ------------------------------------------------------------------------------ */

function checkedTable(key, { reading, heads, rows }) {
  const body = rows.map(([first, ...cells]) => node("tr", {}, node("th", { scope: "row" }, ...first),
    ...cells.map((cell, i) => node("td", { class: i < heads.length - 2 || key === "scorecard" ? "n" : "definition", "data-head": heads[i + 1] }, cell))));
  const head = heads.map((text, i) => node("th", { scope: "col", class: i && (i < heads.length - 1 || key === "scorecard") ? "n" : null }, text));
  byId(key).replaceChildren(node("h3", {}, word(key)), node("p", { class: "reading" }, say(reading)),
    rows.length ? node("div", { class: "scroll", tabindex: 0 }, node("table", { class: "cards" },
      node("thead", {}, node("tr", {}, ...head)), node("tbody", {}, ...body))) : "");
}

function checks() {
  const { scorecard, advice } = data.checks;
  const judged = (row, i) => {
    const answer = row.answers[i];
    if (answer === null) return "–";
    if (answer) return word("yes");
    if (i === 0 && row.nearest) return word("no_like", { segment: segmentName(row.nearest) });
    return i === 2 && row.reached !== null ? word("no_reached", { share: percent(row.reached) }) : word("no");
  };
  checkedTable("scorecard", {
    reading: scorecard.reading,
    heads: ["segment", "customers", "distinct", "stable", "served"].map((key) => word(key)),
    rows: scorecard.rows.map((row) => [
      [chip(category("segment", row.segment).colour), opener(row.segment, segmentName(row.segment))],
      count(row.customers), ...[0, 1, 2].map((i) => judged(row, i)),
    ]),
  });
  checkedTable("advice", {
    reading: advice.reading,
    heads: ["threshold", "in_force", "suggested", "why"].map((key) => word(key)),
    rows: advice.rows.map((row) => [
      [`${say(dimension(row.dimension).label)} · ${say(category(row.dimension, row.category).label)}`],
      dash(row.in_force, bound), dash(row.suggested, bound),
      [say(row.reason), say(row.warning)].filter(Boolean).map((text) => text + word("full_stop")).join(state.language === "zh" ? "" : " "),
    ]),
  });
}

/* -- what the reader does ------------------------------------------------------------------- */

function remember(name, value) {
  try { localStorage.setItem(`segments-${name}`, value); } catch { /* a file may have no storage */ }
}
function recall(name) {
  try { return localStorage.getItem(`segments-${name}`); } catch { return null; }
}
function render() {
  if (state.theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = state.theme;
  byId("theme").value = state.theme;
  frame();
  tiles();
  whatChanged();
  segmentTable();
  pictures();
  checks();
  drill();
}
function followAddress() {
  const asked = new URLSearchParams(location.hash.slice(1)).get("segment");
  state.segment = asked && Object.hasOwn(data.segments, asked) ? asked : null;
  drill();
}

byId("language").addEventListener("click", () => {
  state.language = state.language === "zh" ? "en" : "zh";
  remember("language", state.language);
  render();
});
byId("theme").addEventListener("change", (event) => {
  state.theme = event.target.value;
  remember("theme", state.theme);
  render();
});
byId("print").addEventListener("click", () => window.print());
byId("drill").addEventListener("close", () => {
  const opened = document.querySelector(`#segments [data-segment="${state.segment}"]`);
  state.segment = null;
  history.replaceState(null, "", location.pathname + location.search);
  opened?.focus();
});
window.addEventListener("hashchange", followAddress);
const redraw = () => drawn.forEach((one) => one.draw());
let width = window.innerWidth;
window.addEventListener("resize", () => {
  if (window.innerWidth === width) return;
  width = window.innerWidth;
  redraw();
});
for (const [event, pixels] of [["beforeprint", 700], ["afterprint", 0]]) {
  window.addEventListener(event, () => {
    onPaper = pixels;
    redraw();
  });
}

state.language = recall("language") || (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");
state.theme = recall("theme") || "auto";
if (!data.pictures.months[state.months]) state.months = Object.keys(data.pictures.months)[0];
render();
followAddress();
