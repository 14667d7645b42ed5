// The first page: what an owner asks. `page.show(filters)` opens the list, narrowed.

function tally(list, key) {
  const counts = new Map();
  for (const one of list) counts.set(key(one), (counts.get(key(one)) || 0) + 1);
  return counts;
}

function whyNode(show) {
  const reasons = tally(removals, (match) => match.relation);
  const kept = data.counts.kept || 0;
  const total = kept + (data.counts.removed || 0);
  const parts = [["kept", kept],
    ...["identical", "reprint", "excerpt"].map((name) => [name, reasons.get(name) || 0])];
  const bar = el("div", { class: "stack", "aria-hidden": "true" });
  for (const [name, number] of parts) {
    const piece = el("i", { class: `b-${name}` });
    piece.style.flexGrow = number;
    if (number) bar.append(piece);
  }
  return el("div", {}, bar, el("dl", { class: "why" }, parts.map(([name, number]) => el("div", {},
    el("dt", {}, el("i", { class: `b-${name}` }),
      name === "kept" ? name : el("button", { type: "button", class: "link", onclick: () => show({ relation: name }) }, name)),
    el("dd", {}, el("b", {}, count(number)), ` ${share(number, total)}`),
    el("dd", { class: "gloss" }, RELATIONS[name])))));
}

function largestNode() {
  const largest = [...clusters].sort(ORDERS["most items"]).slice(0, 5);
  if (!largest.length) return el("p", {}, "No item is a copy of another.");
  return el("div", {}, el("h2", {}, "Most copied"), el("ol", { class: "largest" }, largest.map((cluster) =>
    el("li", {}, el("a", { href: routeOf(cluster) },
      foreign("span", { class: "title" }, cluster.lead.name),
      el("span", { class: "meta" }, foreign("span", {}, sourceName(cluster.lead.source)),
        ` · ${plural(cluster.matches.length, "copy", "copies")} in ${plural(cluster.sources.size, "source")}`))))));
}

function sourcesNode(show) {
  if (data.sources.length < 2) return null; // one source has nothing to compare
  const removed = tally(removals, ({ b }) => b.source);
  const all = data.sources.map(([, total], number) => ({ number, total, removed: removed.get(number) || 0 }))
    .sort((a, b) => b.removed - a.removed || b.total - a.total);
  const most = Math.max(...all.map(({ total }) => total), 1);
  const row = ({ number, total, removed }) => {
    const bar = el("div", { class: "stack thin", "aria-hidden": "true" });
    for (const [kind, size] of [["kept", total - removed], ["reprint", removed], ["none", most - total]]) {
      const piece = el("i", { class: `b-${kind}` });
      piece.style.flexGrow = size;
      if (size > 0) bar.append(piece);
    }
    return el("tr", {},
      el("th", { scope: "row" }, foreignButton(sourceName(number), () => show({ source: number }))),
      el("td", {}, count(total)), el("td", {}, count(removed)),
      el("td", {}, total ? share(removed, total) : ""), el("td", { class: "wide" }, bar));
  };
  const body = el("tbody", {}, all.slice(0, 10).map(row));
  const rest = all.length > 10 && el("button", { type: "button", class: "quiet", onclick: (event) => {
    event.target.remove();
    body.append(...all.slice(10).map(row));
  } }, `Show all ${count(all.length)} sources`);
  return el("figure", {},
    el("figcaption", {}, el("h2", {}, "By source"), el("p", {}, swatch("kept", "kept"), swatch("reprint", "removed"), " Sources with the most removed items come first.")),
    el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Items by source" }, el("table", { class: "sources" },
      el("thead", {}, el("tr", {}, ["source", "items", "removed", "share", el("span", { class: "hidden" }, "bar")].map((head) => el("th", { scope: "col" }, head)))), body)),
    rest || null);
}

const foreignButton = (text, onclick) => {
  const button = foreign("button", { type: "button", class: "link", title: text }, text);
  button.addEventListener("click", onclick);
  return button;
};

function matrixNode(show) {
  const weight = new Map();
  const pairs = new Map();
  for (const { a, b } of removals) {
    for (const source of new Set([a.source, b.source])) weight.set(source, (weight.get(source) || 0) + 1);
    const key = `${a.source} ${b.source}`;
    pairs.set(key, (pairs.get(key) || 0) + 1);
  }
  const top = [...weight].sort((x, y) => y[1] - x[1] || x[0] - y[0]).slice(0, 12).map(([source]) => source);
  if (top.length < 2) return null; // one source copies nobody else
  const most = Math.max(1, ...top.flatMap((from) => top.map((to) => pairs.get(`${from} ${to}`) || 0)));
  const cell = (from, to) => {
    const number = pairs.get(`${from} ${to}`) || 0;
    if (!number) return el("td", { class: from === to ? "self" : "" });
    const label = `${plural(number, "item")} of ${sourceName(to)} removed because of ${sourceName(from)}`;
    const button = el("button", { type: "button", title: label, "aria-label": label, onclick: () => show({ pair: [from, to] }) }, count(number));
    button.style.setProperty("--heat", Math.round(8 + 40 * Math.sqrt(number / most)) + "%");
    return el("td", { class: from === to ? "self" : "" }, button);
  };
  const shown = top.flatMap((from) => top.map((to) => pairs.get(`${from} ${to}`) || 0)).reduce((x, y) => x + y, 0);
  return el("figure", {},
    el("figcaption", {}, el("h2", {}, "Who copies whom"),
      el("p", {}, `Row: the source of the kept item. Column: the source of the removed copy. Shown are the ${top.length} sources with the most copies, which are ${share(shown, removals.length)} of all copies.`)),
    el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Who copies whom" }, el("table", { class: "matrix" },
      el("thead", {}, el("tr", {}, el("td", {}), top.map((to) => el("th", { scope: "col" }, foreign("span", { title: sourceName(to) }, sourceName(to)))))),
      el("tbody", {}, top.map((from) => el("tr", {}, foreign("th", { scope: "row", title: sourceName(from) }, sourceName(from)), top.map((to) => cell(from, to))))))));
}

function settingsNode() {
  const text = (value) => (typeof value === "object" ? JSON.stringify(value) : String(value));
  const about = { ...data.about, ...data.settings };
  return el("figure", {}, el("figcaption", {}, el("h2", {}, "Settings")), el("dl", { class: "settings" },
    Object.entries(about).map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, text(value))))));
}

function skippedNode() {
  if (!data.skipped.length) return null;
  const shown = data.skipped.slice(0, 200);
  return el("figure", {}, el("figcaption", {}, el("h2", { id: "skipped-heading", tabindex: -1 }, "Skipped records"),
    shown.length < data.skipped.length ? el("p", {}, `The first ${count(shown.length)} of ${count(data.skipped.length)}.`) : null),
  table(["input", "line", "reason"], shown.map(([input, at, reason]) => [input, at ? count(at) : "", reason])));
}

// What was read, from when to when it was published, and when this file was made.
function aboutLine() {
  const times = items.filter((item) => !isNaN(item.time)).sort(byTime);
  const span = times.length ? `published ${day(times[0])} to ${day(times[times.length - 1])}` : "";
  const made = new Date(document.lastModified);
  const date = `${made.getDate()} ${MONTHS[made.getMonth()]} ${made.getFullYear()}`;
  const program = data.about.program ? `dedup\u00a0${data.about.program}` : "";
  return [data.about.corpus, span, `report of ${date}`, program].filter(Boolean).join(" · ");
}

const day = (item) => moment(item.published).replace(/ \d\d:\d\d.*/, "");

function drawLead(show) {
  byId("about").textContent = aboutLine();
  byId("why").append(whyNode(show));
  byId("largest").append(largestNode());
}

function drawCharts(show) {
  const columns = [[sourcesNode(show), timeChart(), detectionChart()],
    [matrixNode(show), similarityChart(), settingsNode(), skippedNode()]].map((column) => column.filter(Boolean));
  byId("charts").append(...columns.map((figures) => el("div", {}, figures)));
}
