// The page as a whole: routes, filters, the opened entry, keys.

const VIEWS = { overview: [], clusters, stories };
const routeOf = (shown) => `#${shown.kind === "cluster" ? "clusters" : "stories"}/${encodeURIComponent(shown.id)}`;
const state = { view: "", opened: null, match: 0, pair: null };
const list = new List(byId("rows"), (shown) => { location.hash = routeOf(shown); });

// ---- filters ----

const option = (value, text) => el("option", { value }, text);
const dayGiven = (id, missing) => (byId(id).value ? Date.parse(byId(id).value) : missing);

function fillFilters() {
  const used = tally(VIEWS[state.view].flatMap((shown) => [...shown.sources]), (source) => source);
  const names = [...used].sort((a, b) => b[1] - a[1]);
  byId("source").replaceChildren(option("", "all"), ...names.map(([source, number]) => option(source, `${sourceName(source)} (${number})`)));
  const relations = tally(VIEWS[state.view].flatMap((shown) => shown.matches), (match) => match.relation);
  byId("relation").replaceChildren(option("", "all"), ...[...relations.keys()].sort().map((name) => option(name, name)));
  if (!byId("sort").length) byId("sort").append(...Object.keys(ORDERS).map((name) => option(name, name)));
}

function refresh() {
  const number = (id, missing) => (byId(id).value === "" ? missing : Number(byId(id).value));
  const wanted = {
    words: plain(byId("query").value).split(/\s+/).filter(Boolean),
    source: byId("source").value === "" ? null : Number(byId("source").value),
    relation: byId("relation").value,
    low: number("low", 0), high: number("high", 1),
    from: dayGiven("from", -Infinity), until: dayGiven("until", Infinity) + 86399999,
    pair: state.pair,
  };
  const all = VIEWS[state.view];
  const found = all.filter((shown) => passes(shown, wanted)).sort(ORDERS[byId("sort").value]);
  list.set(found);
  const noun = state.view === "clusters" ? "cluster" : "story group";
  byId("found").replaceChildren(found.length === all.length ? plural(all.length, noun) : `${count(found.length)} of ${plural(all.length, noun)}`);
  if (state.pair) {
    byId("found").append(" · ", el("button", { type: "button", class: "chip", title: "Remove this filter", onclick: () => { state.pair = null; refresh(); } },
      foreign("span", {}, sourceName(state.pair[0])), " → ", foreign("span", {}, sourceName(state.pair[1])), " ×"));
  }
}

byId("filters").addEventListener("input", refresh);
byId("filters").addEventListener("submit", (event) => event.preventDefault());
byId("filters").addEventListener("reset", () => { state.pair = null; setTimeout(refresh); });
byId("query").addEventListener("input", async () => {
  await makeTextsSearchable();
  refresh();
  byId("found").dataset.texts = "searched";
}, { once: true });
byId("more").addEventListener("click", (event) => {
  const open = byId("narrow").classList.toggle("open");
  event.target.setAttribute("aria-expanded", String(open));
});

// From the overview into the list, narrowed to what was pointed at.
function show({ source = "", relation = "", pair = null }) {
  byId("filters").reset();
  enter("clusters");
  byId("source").value = source;
  byId("relation").value = relation;
  state.pair = pair;
  refresh();
  location.hash = "#clusters";
}

// ---- the opened entry ----

// One row per item, in the order of time; choosing one lays its match side by side.
function timelineRow(shown, item) {
  const story = shown.kind === "story";
  const index = shown.matches.reduce((best, match, at) => (
    (match.b === item || (story && match.a === item)) && (best < 0 || match.score > shown.matches[best].score) ? at : best), -1);
  const relation = item === shown.kept ? "kept" : shown.matches[index]?.relation || "story";
  const dot = isNaN(item.time) ? null : el("i", { class: `b-${relation}` });
  if (dot) dot.style.left = `${100 * (item.time - shown.first) / (shown.last - shown.first || 1)}%`;
  const inside = [
    el("time", { title: moment(item.published) }, item.time - shown.first >= 30000 ? `+${span(item.time - shown.first)}` : moment(item.published)),
    el("span", { class: "track", "aria-hidden": "true" }, dot),
    foreign("span", { class: "source" }, sourceName(item.source)),
    ...(story ? [foreign("span", { class: "headline" }, item.name)]
      : [badge(relation), el("span", { class: "score" }, index < 0 ? "" : score(shown.matches[index].score))]),
  ];
  const copies = story && clusterOf.get(item);
  return el("li", {},
    index < 0 ? el("div", {}, inside)
      : el("button", { type: "button", "data-item": item.number, onclick: () => compareMatch(index) }, inside),
    copies ? el("a", { class: "copies", href: routeOf(copies) }, `its cluster: ${plural(copies.members.length, "item")}`) : null);
}

function linkRow(match, index) {
  return el("li", {}, el("button", { type: "button", "data-match": index, onclick: () => compareMatch(index) },
    foreign("span", { class: "source" }, match.a.name), foreign("span", { class: "source" }, match.b.name),
    badge(match.relation), el("span", { class: "score" }, score(match.score))));
}

// A long list shows its first rows and a button for the rest.
function folded(title, kind, all, row, limit) {
  const box = el("ol", { class: `timeline ${kind}` }, all.slice(0, limit).map(row));
  const rest = all.length > limit && el("button", { type: "button", class: "quiet", onclick: (event) => {
    event.target.remove();
    box.append(...all.slice(limit).map((one, at) => row(one, at + limit)));
    markCurrent();
  } }, `Show all ${count(all.length)}`);
  return el("div", {}, el("h3", {}, title), box, rest || null);
}

function markCurrent() {
  const match = state.opened.matches[state.match];
  for (const button of document.querySelectorAll("#detail [data-match], #detail [data-item]")) {
    const { match: number, item } = button.dataset;
    button.toggleAttribute("aria-current", number !== undefined ? Number(number) === state.match
      : Number(item) === match.b.number || (state.opened.kind === "story" && Number(item) === match.a.number));
  }
}

function open(shown) {
  state.opened = shown;
  document.body.classList.toggle("opened", Boolean(shown));
  if (!shown) {
    byId("detail").replaceChildren(el("p", { class: "empty" }, "Choose an entry of the list, or press j and Enter."));
    return;
  }
  byId("detail").replaceChildren(
    el("button", { type: "button", class: "quiet back", onclick: close }, "← Back to the list"),
    el("p", { class: "overline" }, shown.kind === "cluster" ? `Cluster · ${plural(shown.members.length, "item")} · ${plural(shown.sources.size, "source")}`
      : `Story group · ${plural(shown.members.length, "item")}, nothing is removed`,
    shown.last > shown.first ? ` · within ${span(shown.last - shown.first)}` : ""),
    foreign("h2", {}, shown.lead.name), 
    folded("Who published when", shown.kind, shown.members, (item) => timelineRow(shown, item), 30),
    shown.kind === "story" ? folded("What joins them", "links", shown.matches, linkRow, 12) : "",
    el("div", { id: "verdict" }), el("div", { id: "compare", "aria-live": "polite" }));
  byId("detail").scrollTop = 0;
  compareMatch(0);
}

async function compareMatch(index) {
  const { opened } = state;
  const match = opened.matches[index];
  if (!match) return;
  state.match = index;
  markCurrent();
  const figures = [["Jaccard", match.jaccard], ["containment", match.containment]]
    .filter(([, value]) => value !== undefined).map(([name, value]) => ` ${name} ${score(value)}`);
  if (opened.kind === "story") figures.unshift(` score ${score(match.score)}`);
  byId("verdict").replaceChildren(el("p", {}, badge(match.relation), " ",
    (Object.hasOwn(data.sentences, match.rule) && data.sentences[match.rule]) || RELATIONS[match.relation] || "",
    el("span", { class: "figures-line" }, figures.join(" ·"), match.rule ? el("span", { class: "rule", title: "the rule that decided" }, match.rule) : "")), reviewNode(match));
  const node = await comparison(match, opened.kind === "cluster" ? ["Kept", "Removed"] : ["One", "Other"]);
  if (state.opened === opened && state.match === index) byId("compare").replaceChildren(node);
}

function close() {
  location.hash = `#${state.view}`;
  byId("rows").focus();
}

// ---- routes ----

function enter(view) {
  if (state.view === view) return;
  state.view = view;
  byId("overview").hidden = view !== "overview";
  byId("desk").hidden = view === "overview";
  document.body.classList.toggle("work", view !== "overview");
  for (const link of document.querySelectorAll("[data-view]")) link.toggleAttribute("aria-current", link.dataset.view === view);
  if (view === "overview") return;
  byId("desk-heading").textContent = view === "clusters" ? "Clusters" : "Stories";
  byId("rows").setAttribute("aria-label", view);
  fillFilters();
  refresh();
}

function follow() {
  const [view, id] = location.hash.slice(1).split("/");
  if (view && !Object.hasOwn(VIEWS, view)) return; // a place within the overview
  enter(view || "overview");
  if (state.view === "overview") return;
  const wanted = id && VIEWS[state.view].find((shown) => encodeURIComponent(shown.id) === id);
  if (wanted !== state.opened || !wanted) open(wanted || null);
  if (wanted && list.entries.includes(wanted)) list.choose(list.entries.indexOf(wanted));
}
addEventListener("hashchange", follow);

byId("export-list").addEventListener("click", () => exportList(list.entries));
byId("export-labels").addEventListener("click", exportLabels);
drawLabelCount();

// ---- keys and theme ----

function turnTheme() {
  const root = document.documentElement;
  const dark = getComputedStyle(root).getPropertyValue("color-scheme") === "dark"
    || (!root.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = dark ? "light" : "dark";
}

function move(step) {
  list.choose(list.active + step);
  const shown = list.entries[list.active];
  if (shown && state.opened) location.replace(routeOf(shown));
}

const KEYS = {
  j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1),
  Enter: () => list.choose(list.active, true),
  n: () => state.opened && compareMatch(Math.min(state.match + 1, state.opened.matches.length - 1)),
  p: () => state.opened && compareMatch(Math.max(state.match - 1, 0)),
  Escape: close,
};
const ANYWHERE = {
  "/": () => { if (state.view === "overview") { enter("clusters"); location.hash = "#clusters"; } byId("query").focus(); },
  1: () => { location.hash = "#overview"; }, 2: () => { location.hash = "#clusters"; }, 3: () => { location.hash = "#stories"; },
  t: turnTheme, "?": () => byId("help").showModal(),
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
  const field = event.target.closest("input, select, textarea");
  if (field && event.key === "Escape") { field.blur(); byId("rows").focus(); return; }
  if (field) return;
  const inList = event.target === byId("rows") || event.target === document.body;
  if (/^(Enter|Arrow)/.test(event.key) && !inList) return;
  const act = ANYWHERE[event.key] || (state.view !== "overview" && KEYS[event.key]);
  if (act) { act(); event.preventDefault(); }
});
byId("theme").addEventListener("click", turnTheme);
byId("help-open").addEventListener("click", () => byId("help").showModal());

drawLead(show);
follow();
requestAnimationFrame(() => setTimeout(() => { // the first clusters are on the screen
  performance.mark("first-cluster");
  drawCharts(show);
}));
