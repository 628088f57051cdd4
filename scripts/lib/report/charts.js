"use strict";
/* From figures to pictures: each function says to Apache ECharts what to draw into `host`. Ink, lines and
   paper are the style sheet's variables, so they follow theme and print; colours of data come with it.
   Whatever has an extent and a colour of its own has a `tip`, shown under the pointer. */

const [INK, SOFT, LINE, PAPER, PANEL] = ["ink", "soft", "line", "paper", "panel"].map((name) => `var(--${name})`);
const AXIS = {
  axisLine: { lineStyle: { color: LINE } }, axisTick: { show: false }, splitLine: { lineStyle: { color: LINE } },
  axisLabel: { color: SOFT, hideOverlap: true }, nameTextStyle: { color: SOFT },
};
const GRID = { left: 2, right: 12, top: 12, bottom: 2, outerBoundsMode: "same", outerBoundsContain: "all" };
const HIDDEN = { show: false };
const alive = new Set();
let onPaper = 0; // pixels that a page of paper is wide, while one is printed
const widthOf = (host) => onPaper || host.clientWidth || 640;

/* Draws `option` into host, `height` pixels tall and as wide as host is, or `least` pixels if that is more. */
function chart(host, { label, height, least = 0, tip, ...option }) {
  for (const one of alive) {
    if (one.getDom() !== host && one.getDom().isConnected) continue;
    one.dispose();
    alive.delete(one);
  }
  const width = Math.max(widthOf(host), least);
  const made = echarts.init(host, null, { renderer: "svg", width, height });
  alive.add(made);
  made.setOption({
    animation: false,
    textStyle: { fontFamily: getComputedStyle(host).fontFamily },
    tooltip: {
      show: Boolean(tip), confine: true, transitionDuration: 0, backgroundColor: INK, borderWidth: 0, padding: [5, 9],
      textStyle: { color: PAPER, fontSize: 13 }, extraCssText: "max-width: 280px; white-space: normal; box-shadow: none",
      formatter: (at) => (tip(at) ? node("span", {}, tip(at)) : ""),
    },
    ...option,
  });
  const root = host.querySelector("svg");
  root.setAttribute("viewBox", `0 0 ${width} ${height}`); // paper scales what is too wide for it
  root.setAttribute("role", "img");
  root.setAttribute("aria-label", label);
}

/* Black or white, whichever stands out more against a colour "#rrggbb". */
function inkOn(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 ? "#111" : "#fff";
}

/* series: [{name, colour, values}], one value per label; drawn on top of each other. */
function columns(host, { label, labels, series, format, tip }) {
  chart(host, {
    label, height: 300, grid: GRID,
    tip: (at) => tip(series[at.seriesIndex], at.dataIndex),
    xAxis: { ...AXIS, type: "category", data: labels },
    yAxis: { ...AXIS, splitNumber: 4, axisLabel: { ...AXIS.axisLabel, formatter: format } },
    series: series.map(({ name, colour, values }) => ({
      name, type: "bar", stack: "all", barCategoryGap: "16%", data: values,
      itemStyle: { color: colour, borderColor: PAPER, borderWidth: 0.5 },
    })),
  });
}

/* series: [{name, colour, points: [[x, y]], dashed, dots}]; `labels` where x is one of a few words. */
function lines(host, { label, labels, series, format, lowest = 0, xTitle, yTitle, tip }) {
  const number = { ...AXIS, min: 0, max: 1, axisLabel: { ...AXIS.axisLabel, formatter: format } };
  chart(host, {
    label, height: 300, grid: { ...GRID, right: 24 },
    tip: (at) => tip(series[at.seriesIndex], at.value),
    xAxis: {
      ...(labels ? { ...AXIS, type: "category", data: labels } : { ...number, splitLine: HIDDEN }),
      name: xTitle, nameLocation: "middle", nameGap: 28,
    },
    yAxis: { ...number, min: lowest, name: yTitle, nameTextStyle: { color: SOFT, align: "left", padding: [0, 0, 0, -28] } },
    series: series.map(({ name, colour, points, dashed, dots }) => ({
      name, type: "line", data: points, symbol: dots ? "circle" : "none", symbolSize: 9, color: colour, cursor: "default",
      lineStyle: { color: colour, width: dashed ? 1.5 : 2.5, type: dashed ? [5, 4] : "solid" },
    })),
  });
}

/* A course without axes; the newest value has a dot. */
function spark(host, values, colour, label) {
  const last = values.length - 1;
  chart(host, {
    label, height: 30, grid: { left: 3, right: 5, top: 4, bottom: 4 },
    xAxis: { show: false, type: "category", boundaryGap: false },
    yAxis: { show: false, min: Math.min(...values), max: Math.max(...values) },
    series: [{
      type: "line", symbol: "none", color: colour, silent: true, lineStyle: { width: 2 },
      data: values.map((value, i) => (i === last ? { value, symbol: "circle", symbolSize: 6 } : value)),
    }],
  });
}

/* groups: [{colour, value, name, items: [{lines, value, tip}]}], areas by value; lines where there is room. */
function treemap(host, { label, groups }) {
  const height = 340;
  const pixels = (widthOf(host) * height) / groups.reduce((sum, group) => sum + group.value, 0);
  const shown = ({ lines, value }) => lines.slice(0, value * pixels > 12000 ? 3 : value * pixels > 5000 ? 2 : 0);
  const gaps = { borderWidth: 0, gapWidth: 2, borderColor: PAPER };
  chart(host, {
    label, height, tip: (at) => at.data.tip,
    series: [{
      type: "treemap", animation: false, left: 0, top: 0, right: 0, bottom: 0, roam: false, nodeClick: false, breadcrumb: HIDDEN,
      levels: [{ itemStyle: gaps }, { itemStyle: gaps }],
      data: groups.map(({ name, colour, value, items }) => ({
        name, value,
        itemStyle: { color: PAPER },
        children: items.map((item) => ({
          name: item.tip, value: item.value, tip: item.tip,
          itemStyle: { color: colour },
          label: {
            position: [0, 0], padding: [10, 12], color: inkOn(colour), fontSize: 13, lineHeight: 17, overflow: "truncate", lineOverflow: "truncate",
            formatter: shown(item).map((text, i) => (i ? text : `{strong|${text}}`)).join("\n"),
            rich: { strong: { fontWeight: 650, fontSize: 13 } },
          },
        })),
      })),
    }],
  });
}

/* nodes: {code: {name, colour}}; moves: [[from, to, value]] between two columns of the same nodes. */
function sankey(host, { label, nodes, moves, heads, tip }) {
  const names = Object.keys(nodes);
  const margin = Math.min(widthOf(host) * 0.36, 160);
  const title = { top: 0, textStyle: { color: SOFT, fontSize: 12, fontWeight: "normal" } };
  const ends = [["from", 0, "left"], ["to", 1, "right"]];
  const order = (move) => names.indexOf(move[0]) * names.length + names.indexOf(move[1]);
  chart(host, {
    label, height: Math.max(300, 60 + names.length * 34),
    tip: (at) => at.dataType === "edge" && tip(...at.data.move),
    title: [{ ...title, text: heads.from, left: 0 }, { ...title, text: heads.to, right: 0 }],
    series: [{
      type: "sankey", left: margin, right: margin, top: 30, bottom: 10, nodeWidth: 10, nodeGap: 15,
      layoutIterations: 0, draggable: false, emphasis: { focus: "adjacency" },
      data: ends.flatMap(([end, depth, position]) => names.filter((name) => moves.some((move) => move[depth] === name)).map((name) => ({
        name: `${end} ${name}`, depth, itemStyle: { color: nodes[name].colour, borderWidth: 0 },
        label: { position, color: INK, fontSize: margin < 160 ? 11 : 12, width: margin - 10, overflow: "truncate", formatter: () => nodes[name].name },
      }))),
      links: [...moves].sort((a, b) => order(a) - order(b)).map((move) => ({
        source: `from ${move[0]}`, target: `to ${move[1]}`, value: move[2], move,
        lineStyle: { color: nodes[move[0]].colour, opacity: move[0] === move[1] ? 0.35 : 0.75 },
      })),
    }],
  });
}

/* rows: [{name, note, parts: [{share, colour, tip}]}]; name and note stand above the bar. */
function bars(host, { label, rows }) {
  const most = Math.max(...rows.map((row) => row.parts.length));
  const axis = (texts, position, align, color) => ({
    type: "category", inverse: true, position, data: texts, axisLine: HIDDEN, axisTick: HIDDEN,
    axisLabel: { inside: true, margin: 0, color, align, verticalAlign: "bottom", padding: [0, 0, 12, 0], interval: 0 },
  });
  chart(host, {
    label, height: rows.length * 50 + 8, grid: { left: 0, right: 0, top: 8, bottom: -8 },
    tip: (at) => rows[at.dataIndex].parts[at.seriesIndex].tip,
    xAxis: { show: false, min: 0, max: 1 },
    yAxis: [axis(rows.map((row) => row.name), "left", "left", INK), axis(rows.map((row) => row.note), "right", "right", SOFT)],
    series: Array.from({ length: most }, (_, at) => ({
      type: "bar", stack: "all", barWidth: 20, showBackground: !at, backgroundStyle: { color: PANEL },
      data: rows.map(({ parts }) => parts[at] && ({
        value: parts[at].share, itemStyle: { color: parts[at].colour, borderColor: PAPER, borderWidth: 0.5 },
      })),
    })),
  });
}

/* rows: [{name, cells: [{share, tip}]}]; the first column is the base and has no shade. */
function heatmap(host, { label, rows, heads, title, format }) {
  const most = Math.max(...rows.flatMap((row) => row.cells.slice(1).map((cell) => cell.share)), 0.01);
  const axis = { type: "category", axisLine: HIDDEN, axisTick: HIDDEN };
  chart(host, {
    label, height: 44 + rows.length * 22, least: 64 + heads.length * 29,
    tip: (at) => rows[at.value[1]].cells[at.value[0]].tip,
    grid: { left: 64, right: 0, top: 40, bottom: 4 },
    xAxis: { ...axis, position: "top", data: heads, axisLabel: { color: SOFT, interval: 0 } },
    yAxis: { ...axis, inverse: true, data: rows.map((row) => row.name), axisLabel: { color: SOFT, interval: 0 } },
    title: { text: title, left: 64, top: 0, padding: 0, textStyle: { color: SOFT, fontSize: 12, fontWeight: "normal" } },
    series: [{
      type: "heatmap", label: { show: true, fontSize: 11, formatter: (at) => format(at.value[2]) }, itemStyle: { borderWidth: 1 },
      data: rows.flatMap(({ cells }, row) => cells.map(({ share }, at) => ({
        value: [at, row, share],
        itemStyle: at ? { color: `rgba(17, 101, 183, ${0.06 + 0.94 * share / most})`, borderColor: PAPER } : { color: PAPER, borderColor: LINE },
        label: { color: at && share > 0.74 * most ? "#fff" : INK },
      }))),
    }],
  });
}

/* rows: [{name, colour, low, value, high, note, tip}]; a line from low to high, a dot at value. */
function intervals(host, { label, rows, title, format }) {
  chart(host, {
    label, height: 60 + rows.length * 30, grid: { ...GRID, right: 24 },
    tip: (at) => rows[at.dataIndex].tip,
    xAxis: {
      ...AXIS, name: title, nameLocation: "middle", nameGap: 28, axisLabel: { ...AXIS.axisLabel, formatter: format },
    },
    yAxis: {
      ...AXIS, type: "category", inverse: true, data: rows.map((row) => row.name), splitLine: HIDDEN,
      axisLine: { onZero: true, lineStyle: { color: INK } }, axisLabel: { color: INK, interval: 0, width: widthOf(host) * 0.36, overflow: "truncate" },
    },
    series: [{
      type: "custom", encode: { x: [1, 2, 3], y: 0 },
      data: rows.map((row, i) => [i, row.low, row.value, row.high]),
      renderItem: ({ dataIndex }, api) => {
        const { value, low, high, colour, note } = rows[dataIndex];
        const at = (x) => api.coord([x, dataIndex]);
        if (value === null) return { type: "text", style: { text: note, x: at(0)[0] + 4, y: at(0)[1], fill: SOFT, verticalAlign: "middle" } };
        const [[x1, y], [x2], [cx]] = [low, high, value].map(at);
        return {
          type: "group",
          children: [
            { type: "line", shape: { x1, x2, y1: y, y2: y }, style: { stroke: colour, lineWidth: 3 } },
            { type: "circle", shape: { cx, cy: y, r: 6 }, style: { fill: colour } },
          ],
        };
      },
    }],
  });
}
