// Charts as inline SVG, drawn to the width they have; each carries its figures as text too.

// A figure whose `draw(width)` gives SVG nodes; drawn again when its width changes.
function figure({ title, note, height, label, draw, table, controls }) {
  const canvas = svg("svg", { role: "img", "aria-label": label, height });
  const box = el("div", { class: "canvas" }, canvas);
  const paint = () => {
    const width = Math.floor(box.clientWidth);
    if (!width) return;
    canvas.setAttribute("viewBox", `0 0 ${width} ${height}`);
    canvas.setAttribute("width", width);
    canvas.replaceChildren(...draw(width));
  };
  new ResizeObserver(paint).observe(box);
  const node = el("figure", {},
    el("figcaption", {}, el("h2", {}, title), el("p", {}, note)),
    controls || null, box,
    el("details", { class: "figures" }, el("summary", {}, "The figures as a table"), table));
  return Object.assign(node, { paint });
}

function table(heads, rows) {
  return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": heads.join(", ") },
    el("table", {},
      el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col" }, head)))),
      el("tbody", {}, rows.map((row) => el("tr", {}, row.map((cell, column) =>
        column ? el("td", {}, cell) : el("th", { scope: "row" }, cell)))))));
}

const words = (x, y, content, more) => svg("text", { x, y, ...more }, content);
const line = (x1, y1, x2, y2, kind) => svg("line", { x1, y1, x2, y2, class: kind });

// ---- over time ----

const HOUR = 3600000;
const UNITS = [
  ["hour", HOUR, 13, ":00"], ["day", 24 * HOUR, 10, ""], ["week", 168 * HOUR, 10, ""],
  ["month", 730.5 * HOUR, 7, ""], ["year", 8766 * HOUR, 4, ""],
];

// Bins of the finest unit that gives at most `limit`; long empty stretches are cut out.
function timeBins(limit) {
  const dated = clusters.filter((cluster) => !isNaN(cluster.first));
  for (const [unit, length, digits, tail] of UNITS) {
    const bins = new Map();
    const bin = (time) => {
      const key = new Date(time).toISOString().slice(0, digits);
      const from = unit === "week" ? Math.floor(time / length) : Date.parse(key + (unit === "hour" ? ":00Z" : ""));
      const number = unit === "week" ? from : Math.round(from / length);
      if (!bins.has(number)) bins.set(number, { number, label: key.replace("T", " ") + tail, clusters: 0, copies: 0 });
      return bins.get(number);
    };
    const fits = () => bins.size <= limit || unit === "year";
    for (const cluster of dated) if (fits()) bin(cluster.first).clusters += 1;
    for (const { b } of removals) if (fits() && !isNaN(b.time)) bin(b.time).copies += 1;
    if (fits()) {
      return { unit, bins: [...bins.values()].sort((a, b) => a.number - b.number) };
    }
  }
}

function timeChart() {
  const { unit, bins } = timeBins(60);
  if (bins.length < 2) return null;
  let soFar = 0;
  for (const bin of bins) bin.total = soFar += bin.copies;
  const height = 220, top = 18, base = height - 34, left = 34;
  const most = Math.max(1, ...bins.map((bin) => Math.max(bin.copies, bin.clusters)));
  const draw = (width) => {
    const right = 44;
    const slots = [];
    let place = 0;
    for (const [index, bin] of bins.entries()) {
      const gap = index ? bin.number - bins[index - 1].number : 1;
      place += index ? Math.min(gap, 2.5) : 0;
      slots.push({ bin, place, gap });
    }
    const step = (width - left - right) / (place + 1);
    const y = (value) => base - (base - top) * value / most;
    const nodes = [line(left, base, width - right, base, "axis"),
      words(left - 6, top + 4, count(most), { "text-anchor": "end" }),
      words(left - 6, base, "0", { "text-anchor": "end" })];
    const labelWidth = bins[0].label.length * 7;
    let labelled = -Infinity;
    for (const { bin, place: at, gap } of slots) {
      const x = left + at * step;
      nodes.push(svg("g", {},
        svg("title", {}, `${bin.label}: ${plural(bin.clusters, "new cluster")}, ${plural(bin.copies, "copy", "copies")}`),
        svg("rect", { x, y: y(bin.clusters), width: Math.max(1, step * 0.4), height: base - y(bin.clusters), class: "f-kept" }),
        svg("rect", { x: x + step * 0.42, y: y(bin.copies), width: Math.max(1, step * 0.4), height: base - y(bin.copies), class: "f-reprint" })));
      if (gap > 2.5) nodes.push(line(x - step * 0.8, base - 5, x - step * 0.5, base + 5, "axis"));
      if (x - labelled > labelWidth + 16 && x < width - labelWidth) {
        nodes.push(words(x, height - 16, bin.label));
        labelled = x;
      }
    }
    const curve = slots.map(({ bin, place: at }) =>
      `${left + (at + 0.5) * step},${base - (base - top) * bin.total / Math.max(1, soFar)}`).join(" ");
    nodes.push(svg("polyline", { points: curve, class: "curve" }),
      words(width - right + 5, top + 4, count(soFar)));
    return nodes;
  };
  return figure({
    title: "Over time", height, draw,
    note: [swatch("kept", `clusters begun per ${unit}`), swatch("reprint", "copies published"), swatch("line", "copies so far"),
      " Empty stretches are cut out."],
    label: `Clusters begun and copies published per ${unit}, ${bins[0].label} to ${bins[bins.length - 1].label}; at most ${most} in one ${unit}.`,
    table: table([unit, "clusters begun", "copies", "copies so far"],
      bins.map((bin) => [bin.label, count(bin.clusters), count(bin.copies), count(bin.total)])),
  });
}

const swatch = (kind, text) => el("span", { class: "swatch" }, el("i", { class: `b-${kind}` }), text);

// ---- similarity of all pairs judged ----

function similarityChart() {
  const order = Object.keys(RELATIONS);
  const names = Object.keys(data.histogram).sort((a, b) => order.indexOf(a) - order.indexOf(b));
  if (!names.length) return null;
  let measure = "jaccard";
  const lane = 46, top = 26, left = 84, height = top + lane * names.length + 26;
  const total = (bins) => bins.reduce((sum, bin) => sum + bin, 0);
  const draw = (width) => {
    const right = 12, room = width - left - right;
    const base = (row) => top + lane * (row + 1);
    const nodes = [0, 0.25, 0.5, 0.75, 1].map((tick) =>
      words(left + tick * room, height - 6, tick, { "text-anchor": tick === 1 ? "end" : "middle" }));
    names.forEach((name, row) => {
      const bins = data.histogram[name][measure];
      const most = Math.max(1, ...bins), step = room / bins.length;
      nodes.push(line(left, base(row), width - right, base(row), "axis"),
        words(left - 8, base(row) - 16, name, { "text-anchor": "end", class: "strong" }),
        words(left - 8, base(row) - 3, count(total(bins)), { "text-anchor": "end" }));
      bins.forEach((value, bin) => {
        if (!value) return;
        const tall = Math.max(1.5, (lane - 10) * value / most);
        nodes.push(svg("rect", { x: left + bin * step, y: base(row) - tall, width: Math.max(1, step - 1), height: tall, class: `f-${name}` },
          svg("title", {}, `${name}, ${measure} ${(bin / bins.length).toFixed(2)} to ${((bin + 1) / bins.length).toFixed(2)}: ${plural(value, "pair")}`)));
      });
    });
    const limit = data.thresholds[measure];
    if (limit !== undefined) {
      const x = left + limit * room;
      nodes.push(line(x, top - 8, x, height - 26, "limit"),
        words(x, top - 12, `threshold ${limit}`, { "text-anchor": limit > 0.75 ? "end" : "middle" }));
    }
    return nodes;
  };
  const choice = (name) => el("button", { type: "button", "aria-pressed": name === measure ? "true" : "false", onclick: (event) => {
    measure = name;
    for (const button of event.target.parentNode.children) button.setAttribute("aria-pressed", String(button === event.target));
    chart.paint();
  } }, name);
  const chart = figure({
    title: "How similar the pairs are", height, draw,
    note: "All pairs that were compared, by relation. The number is how many pairs there are; each row has its own height.",
    controls: el("div", { class: "segments", role: "group", "aria-label": "Score" }, choice("jaccard"), choice("containment")),
    label: `Similarity of pairs by relation: ${names.map((name) => `${name} ${total(data.histogram[name].jaccard)}`).join(", ")}.`,
    table: table(["relation", "pairs", "median Jaccard", "median containment"], names.map((name) =>
      [name, count(total(data.histogram[name].jaccard)), median(data.histogram[name].jaccard), median(data.histogram[name].containment)])),
  });
  return chart;
}

function median(bins) {
  let left = bins.reduce((sum, bin) => sum + bin, 0) / 2;
  return ((bins.findIndex((bin) => (left -= bin) <= 0) + 0.5) / bins.length).toFixed(2);
}

// ---- chance that LSH proposes a pair ----

function detectionChart() {
  const [bands, rows] = data.lsh;
  if (!bands) return null;
  const chance = (similarity) => 1 - (1 - similarity ** rows) ** bands;
  const half = (1 - 0.5 ** (1 / bands)) ** (1 / rows);
  const limit = data.thresholds.jaccard;
  const height = 260, top = 26, base = height - 26, left = 40;
  const percent = (value) => (100 * value).toFixed(value > 0.99 && value < 1 ? 2 : 0) + " %";
  const draw = (width) => {
    const room = width - left - 12;
    const x = (similarity) => left + similarity * room;
    const y = (value) => base - value * (base - top);
    const points = Array.from({ length: 101 }, (_, step) => `${x(step / 100)},${y(chance(step / 100))}`);
    const nodes = [line(left, base, width - 12, base, "axis"), line(left, y(0.5), width - 12, y(0.5), "grid"), line(left, top, width - 12, top, "grid"),
      words(left - 6, top + 4, "100 %", { "text-anchor": "end" }), words(left - 6, y(0.5) + 4, "50 %", { "text-anchor": "end" }),
      ...[0, 0.25, 0.5, 0.75, 1].map((tick) => words(x(tick), height - 6, tick, { "text-anchor": tick === 1 ? "end" : "middle" })),
      svg("polyline", { points: points.join(" "), class: "curve" }),
      svg("circle", { cx: x(half), cy: y(0.5), r: 4, class: "dot" }),
      words(x(half) - 9, y(0.5) - 8, `even chance at ${half.toFixed(2)}`, { "text-anchor": half < 0.3 ? "start" : "end" })];
    if (limit !== undefined) {
      nodes.push(line(x(limit), top - 8, x(limit), base, "limit"),
        words(x(limit), top - 12, `threshold ${limit}`, { "text-anchor": limit > 0.75 ? "end" : "middle" }));
    }
    return nodes;
  };
  const missed = limit === undefined ? "" : ` At the threshold of ${limit} it is ${percent(chance(limit))}.`;
  return figure({
    title: "How often near copies are found", height, draw,
    note: `The chance that two items with this Jaccard similarity are compared at all: 1 − (1 − sʳ)ᵇ with b = ${bands} bands of r = ${rows} rows (MinHash LSH).${missed}`,
    label: `Chance that LSH proposes a pair: even chance at Jaccard ${half.toFixed(2)}.${missed}`,
    table: table(["Jaccard", "chance"], Array.from({ length: 11 }, (_, step) => [(step / 10).toFixed(1), percent(chance(step / 10))])),
  });
}
