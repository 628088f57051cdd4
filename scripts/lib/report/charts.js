"use strict";
/* Pictures as SVG. Each function draws into `host`, as wide as it is; colours come with the data.
   Marks carry data-tip (shown under the pointer) and class "mark". */

const NS = "http://www.w3.org/2000/svg";
const GAP = 2;

function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

function mark(tag, attributes, tip) {
  return svg(tag, { ...attributes, class: `mark ${attributes.class || ""}`, "data-tip": tip });
}

function canvas(host, height, label) {
  const width = Math.max(Math.floor(host.clientWidth) || 640, 260);
  const root = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
  host.replaceChildren(root);
  return [root, width];
}

/* Han and kana are twice as wide as Latin letters. */
function widthOf(text, size = 12) {
  let units = 0;
  for (const letter of text) units += letter.codePointAt(0) > 0x2e80 ? 1 : 0.6;
  return units * size;
}

function cut(text, width, size = 12) {
  if (widthOf(text, size) <= width) return text;
  let short = text;
  while (short && widthOf(short + "…", size) > width) short = short.slice(0, -1);
  return short.trim() ? short.trim() + "…" : "";
}

/* Black or white, whichever stands out more against a colour "#rrggbb". */
function inkOn(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 ? "#111" : "#fff";
}

function ticks(low, high, count = 5) {
  const rough = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough);
  const found = [];
  for (let at = Math.ceil(low / step - 1e-9) * step; at <= high + step * 1e-6; at += step) {
    found.push(Math.abs(at) < step * 1e-9 ? 0 : at);
  }
  return found;
}

function scale(low, high, from, to) {
  return (value) => from + ((value - low) / (high - low || 1)) * (to - from);
}

function yAxis(root, at, left, right, values, format) {
  for (const value of values) {
    root.append(
      svg("line", { x1: left, x2: right, y1: at(value), y2: at(value), class: "grid" }),
      svg("text", { x: left - 6, y: at(value) + 4, "text-anchor": "end", class: "axis" }, format(value)),
    );
  }
}

/* Labels under a row of positions, as many as there is room for; the last one is always shown. */
function xLabels(root, labels, at, y, right) {
  const room = Math.abs(at(1) - at(0)) || 1;
  const every = Math.max(1, Math.ceil((Math.max(...labels.map((text) => widthOf(text))) + 12) / room));
  labels.forEach((text, index) => {
    const isLast = index === labels.length - 1;
    if ((labels.length - 1 - index) % every || (!isLast && at(index) > right - 1.5 * widthOf(text) - 8)) return;
    root.append(svg("text", { x: isLast ? right : at(index), y, "text-anchor": isLast ? "end" : "middle", class: "axis" }, text));
  });
}

/* series: [{name, colour, values}], one value per label; drawn on top of each other. */
function columns(host, { label, labels, series, format, tip }) {
  const height = 300;
  const [root, width] = canvas(host, height, label);
  const totals = labels.map((_, i) => series.reduce((sum, one) => sum + (one.values[i] || 0), 0));
  const y = scale(0, Math.max(...totals, 1), height - 26, 10);
  const axis = ticks(0, Math.max(...totals, 1), 4);
  const left = Math.max(...axis.map((value) => widthOf(format(value)))) + 10;
  const step = (width - left) / labels.length;
  yAxis(root, y, left, width, axis, format);
  labels.forEach((text, i) => {
    let below = 0;
    for (const one of series) {
      const value = one.values[i] || 0;
      if (!value) continue;
      const tall = y(below) - y(below + value);
      root.append(mark("rect", {
        x: left + i * step + step * 0.08,
        y: y(below + value),
        width: step * 0.84,
        height: Math.max(tall - (tall > 3 ? 0.8 : 0), 0.4),
        fill: one.colour,
      }, tip(one, i)));
      below += value;
    }
  });
  xLabels(root, labels, (i) => left + (i + 0.5) * step, height - 6, width);
}

/* series: [{name, colour, points: [[x, y]], dashed, dots}] */
function lines(host, options) {
  const { label, series, xFormat, yFormat, yDomain, xDomain, xTitle, yTitle, tip, height = 300 } = options;
  const [root, width] = canvas(host, height, label);
  const xs = series.flatMap((one) => one.points.map((point) => point[0]));
  const [low, high] = xDomain || [Math.min(...xs), Math.max(...xs)];
  const axis = ticks(...yDomain, 5);
  const left = Math.max(...axis.map((value) => widthOf(yFormat(value)))) + 12;
  const top = yTitle ? 26 : 10;
  const bottom = height - (xTitle ? 42 : 26);
  const x = scale(low, high, left + 4, width - 14);
  const y = scale(...yDomain, bottom, top);
  yAxis(root, y, left, width - 6, axis, yFormat);
  if (yTitle) root.append(svg("text", { x: 0, y: 12, class: "axis" }, yTitle));
  if (xTitle) {
    root.append(svg("text", { x: width - 14, y: height - 4, "text-anchor": "end", class: "axis" }, xTitle));
  }
  const shown = options.xTicks || ticks(low, high, Math.max(2, Math.floor(width / 110)));
  const every = Math.max(1, Math.ceil(shown.length * (widthOf(xFormat(shown[0])) + 14) / (width - left)));
  shown.forEach((value, i) => {
    if ((shown.length - 1 - i) % every) return;
    const edge = x(value) > width - 30 ? "end" : "middle";
    root.append(svg("text", {
      x: edge === "end" ? width : x(value), y: bottom + 17, "text-anchor": edge, class: "axis",
    }, xFormat(value)));
  });
  for (const one of series) {
    const path = one.points.map(([px, py], i) => `${i ? "L" : "M"}${x(px).toFixed(1)} ${y(py).toFixed(1)}`);
    if (!one.dotsOnly) {
      root.append(svg("path", {
        d: path.join(""), fill: "none", stroke: one.colour, "stroke-width": one.dashed ? 1.5 : 2.5,
        "stroke-dasharray": one.dashed ? "5 4" : null, class: one.dashed ? "" : "mark",
      }));
    }
    if (one.dots) {
      for (const point of one.points) {
        root.append(mark("circle", { cx: x(point[0]), cy: y(point[1]), r: 4.5, fill: one.colour }, tip(one, point)));
      }
    }
  }
}

/* A course without axes; the newest value has a dot. */
function spark(host, values, colour, label) {
  const width = 120;
  const height = 30;
  const root = svg("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "xMinYMid", role: "img", "aria-label": label });
  const x = scale(0, Math.max(values.length - 1, 1), 3, width - 5);
  const y = scale(Math.min(...values), Math.max(...values), height - 4, 4);
  const path = values.map((value, i) => `${i ? "L" : "M"}${x(i).toFixed(1)} ${y(value).toFixed(1)}`);
  root.append(
    svg("path", { d: path.join(""), fill: "none", stroke: colour, "stroke-width": 2, class: "mark" }),
    svg("circle", { cx: x(values.length - 1), cy: y(values[values.length - 1]), r: 3, fill: colour }),
  );
  host.replaceChildren(root);
}

/* items: [{value, …}], largest first, into [x, y, w, h] with shapes near a square. */
function squarify(items, x, y, w, h) {
  const boxes = [];
  let left = items.filter((item) => item.value > 0);
  const total = left.reduce((sum, item) => sum + item.value, 0);
  const unit = total ? (w * h) / total : 0;
  const worst = (row, side) => {
    const sum = row.reduce((all, item) => all + item.value * unit, 0);
    return Math.max(...row.map((item) => {
      const area = item.value * unit;
      return Math.max((side * side * area) / (sum * sum), (sum * sum) / (side * side * area));
    }));
  };
  while (left.length) {
    const side = Math.min(w, h);
    let row = [left[0]];
    while (row.length < left.length && worst([...row, left[row.length]], side) <= worst(row, side)) {
      row = [...row, left[row.length]];
    }
    const depth = row.reduce((sum, item) => sum + item.value * unit, 0) / side || 0;
    let along = 0;
    for (const item of row) {
      const length = (item.value * unit) / depth;
      boxes.push(w >= h ? [item, x, y + along, depth, length] : [item, x + along, y, length, depth]);
      along += length;
    }
    if (w >= h) [x, w] = [x + depth, w - depth];
    else [y, h] = [y + depth, h - depth];
    left = left.slice(row.length);
  }
  return boxes;
}

/* groups: [{colour, value, items: [{label, detail, value, tip}]}], areas by value. */
function treemap(host, { label, groups }) {
  const [root, width] = canvas(host, 340, label);
  for (const [group, gx, gy, gw, gh] of squarify(groups, 0, 0, width, 340)) {
    for (const [item, x, y, w, h] of squarify(group.items, gx, gy, gw, gh)) {
      root.append(mark("rect", {
        x: x + GAP / 2, y: y + GAP / 2, width: Math.max(w - GAP, 0.5), height: Math.max(h - GAP, 0.5),
        fill: group.colour,
      }, item.tip));
      const ink = inkOn(group.colour);
      item.lines.forEach((text, i) => {
        if (h < 20 + i * 16 || w < 34) return;
        const shown = cut(text, w - 14, 13);
        if (i && shown !== text) return;
        root.append(svg("text", {
          x: x + 8, y: y + 19 + i * 17, fill: ink, class: i ? "inside" : "inside strong",
        }, shown));
      });
    }
  }
}

/* nodes: [{name, colour}]; moves: [[from, to, value]] between two columns of the same nodes. */
function sankey(host, { label, nodes, moves, heads, tip }) {
  const names = Object.keys(nodes);
  const height = Math.max(300, 60 + names.length * 34);
  const [root, width] = canvas(host, height, label);
  const sums = { from: {}, to: {} };
  for (const [from, to, value] of moves) {
    sums.from[from] = (sums.from[from] || 0) + value;
    sums.to[to] = (sums.to[to] || 0) + value;
  }
  const margin = Math.min(width * 0.32, Math.max(...names.map((name) => widthOf(nodes[name].name))) + 24);
  const total = Math.max(...["from", "to"].map((end) => Object.values(sums[end]).reduce((a, b) => a + b, 0)));
  const gap = 15;
  const unit = (height - 40 - gap * (names.length - 1)) / (total || 1);
  const place = (end) => {
    const found = {};
    let y = 30;
    for (const name of names) {
      if (!sums[end][name]) continue;
      found[name] = { y, next: y, tall: sums[end][name] * unit };
      y += found[name].tall + gap;
    }
    return found;
  };
  const ends = { from: place("from"), to: place("to") };
  const [x1, x2] = [margin, width - margin];
  const ordered = [...moves].sort((a, b) =>
    names.indexOf(a[0]) - names.indexOf(b[0]) || names.indexOf(a[1]) - names.indexOf(b[1]));
  for (const [from, to, value] of ordered) {
    const tall = value * unit;
    const [start, end] = [ends.from[from], ends.to[to]];
    const [y1, y2] = [start.next + tall / 2, end.next + tall / 2];
    start.next += tall;
    end.next += tall;
    const middle = (x1 + x2) / 2;
    root.append(mark("path", {
      d: `M${x1 + 10} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2 - 10} ${y2}`,
      fill: "none", stroke: nodes[from].colour, "stroke-width": Math.max(tall, 0.7),
      "stroke-opacity": from === to ? 0.35 : 0.75, class: "ribbon",
    }, tip(from, to, value)));
  }
  for (const [end, x, anchor, labelX] of [["from", x1, "end", x1 - 6], ["to", x2 - 10, "start", x2 + 6]]) {
    for (const [name, box] of Object.entries(ends[end])) {
      root.append(
        svg("rect", { x, y: box.y, width: 10, height: Math.max(box.tall, 1.5), fill: nodes[name].colour, class: "mark" }),
        svg("text", {
          x: labelX, y: box.y + Math.max(box.tall, 1.5) / 2 + 4, "text-anchor": anchor, class: "axis ink",
        }, cut(nodes[name].name, margin - 10)),
      );
    }
    const atEdge = end === "from" ? 0 : width;
    root.append(svg("text", {
      x: atEdge, y: 14, "text-anchor": end === "from" ? "start" : "end", class: "axis",
    }, heads[end]));
  }
}

/* rows: [{name, colour, share, note, tip}]; bars from the left, 1 being the whole width. */
function bars(host, { label, rows }) {
  const [root, width] = canvas(host, rows.length * 58, label);
  rows.forEach((row, i) => {
    const y = i * 58;
    root.append(
      svg("text", { x: 0, y: y + 14, class: "axis ink" }, row.name),
      svg("text", { x: width, y: y + 14, "text-anchor": "end", class: "axis" }, row.note),
      svg("rect", { x: 0, y: y + 21, width, height: 22, class: "track" }),
      mark("rect", { x: 0, y: y + 21, width: Math.max(width * row.share, 1), height: 22, fill: row.colour }, row.tip),
    );
  });
}

/* rows: [{name, cells: [{share, tip} | null]}]; the first column is the base and has no shade. */
function heatmap(host, { label, rows, heads, title, format }) {
  const left = 64;
  const width = Math.max(Math.floor(host.clientWidth) || 640, left + heads.length * 29);
  const size = (width - left) / heads.length;
  const tall = 22;
  const height = 44 + rows.length * tall;
  const root = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
  root.setAttribute("width", width);
  host.replaceChildren(root);
  root.append(svg("text", { x: left, y: 12, class: "axis" }, title));
  heads.forEach((head, i) => root.append(
    svg("text", { x: left + (i + 0.5) * size, y: 32, "text-anchor": "middle", class: "axis" }, head)));
  const most = Math.max(...rows.flatMap((row) => row.cells.slice(1).map((cell) => cell.share)), 0.01);
  rows.forEach((row, r) => {
    const y = 40 + r * tall;
    root.append(svg("text", { x: left - 8, y: y + 15, "text-anchor": "end", class: "axis" }, row.name));
    row.cells.forEach((cell, i) => {
      const strength = i ? 0.06 + 0.94 * (cell.share / most) : 0;
      root.append(
        mark("rect", {
          x: left + i * size + 0.5, y: y + 0.5, width: size - 1, height: tall - 1,
          fill: "#1165b7", "fill-opacity": strength.toFixed(3), class: i ? "" : "base",
        }, cell.tip),
        svg("text", {
          x: left + (i + 0.5) * size, y: y + 15, "text-anchor": "middle",
          class: strength > 0.75 ? "cell on" : "cell",
        }, format(cell.share)),
      );
    });
  });
}

/* rows: [{name, colour, low, value, high, note, tip}]; a line from low to high, a dot at value. */
function intervals(host, { label, rows, title, format }) {
  const height = 52 + rows.length * 30;
  const [root, width] = canvas(host, height, label);
  const left = Math.min(width * 0.4, Math.max(...rows.map((row) => widthOf(row.name))) + 14);
  const drawn = rows.filter((row) => row.value !== null);
  const low = Math.min(0, ...drawn.map((row) => row.low));
  const high = Math.max(0.01, ...drawn.map((row) => row.high));
  const x = scale(low, high, left + 10, width - 24);
  root.append(svg("text", { x: width, y: height - 4, "text-anchor": "end", class: "axis" }, title));
  for (const value of ticks(low, high, Math.max(2, Math.floor(width / 130)))) {
    root.append(
      svg("line", { x1: x(value), x2: x(value), y1: 4, y2: height - 42, class: value ? "grid" : "zero" }),
      svg("text", { x: x(value), y: height - 26, "text-anchor": "middle", class: "axis" }, format(value)),
    );
  }
  rows.forEach((row, i) => {
    const y = 20 + i * 30;
    root.append(svg("text", { x: left, y: y + 4, "text-anchor": "end", class: "axis ink" }, cut(row.name, left)));
    if (row.value === null) {
      root.append(svg("text", { x: x(low) + 4, y: y + 4, class: "axis mark" }, row.note));
      return;
    }
    root.append(
      svg("line", { x1: x(row.low), x2: x(row.high), y1: y, y2: y, stroke: row.colour, "stroke-width": 3 }),
      mark("circle", { cx: x(row.value), cy: y, r: 6, fill: row.colour }, row.tip),
    );
  });
}
