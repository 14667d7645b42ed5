// The report's data as objects, and the questions that the views ask of it.

const data = JSON.parse(document.getElementById("report-data").textContent);

const RELATIONS = {
  kept: "these items are kept",
  identical: "removed: the same words as the kept item",
  reprint: "removed: the text of the kept item, lightly edited",
  excerpt: "removed: almost wholly contained in the longer, kept item",
  overlap: "both are kept: they share a passage, and each has content of its own",
  template: "both are kept: the same form with other facts",
  story: "both are kept: the same story in other words",
  none: "both are kept: they share no substantial passage",
};

const sourceName = (number) => data.sources[number][0] || "(no source)";

const items = data.items.id.map((id, number) => {
  const published = data.items.published[number];
  return {
    number, id, published,
    source: data.items.source[number],
    title: data.items.title[number],
    name: data.items.title[number] || opening(data.items.excerpt[number]) || id,
    time: timeOf(published),
  };
});

// The first line of a text without title, cut at a word.
function opening(excerpt) {
  const line = excerpt.trim().split("\n")[0];
  return line.length <= 110 ? line : line.slice(0, 110).replace(/\s+\S*$/, "") + " …";
}

// Milliseconds, or NaN where the input's time was not understood. No zone: taken as UTC.
function timeOf(published) {
  if (!/^\d{4}-\d\d-\d\d/.test(published)) return NaN;
  const zoned = /(Z|[+-]\d\d:?\d\d)$/.test(published);
  return Date.parse(published.length > 10 && !zoned ? published + "Z" : published);
}

const byTime = (a, b) => (a.time - b.time) || isNaN(a.time) - isNaN(b.time) || a.number - b.number;

// An entry of the list: a cluster or a story group. A match is a pair to lay side by side.
function entry(kind, id, members, matches, kept, lead = kept) {
  members.sort(byTime);
  const times = members.map((item) => item.time).filter((time) => !isNaN(time));
  return {
    kind, id, members, matches, kept,
    lead: lead || members[0],
    first: times.length ? times[0] : NaN,
    last: times.length ? times[times.length - 1] : NaN,
    sources: new Set(members.map((item) => item.source)),
    weakest: matches.reduce((least, match) => Math.min(least, match.score), 1),
  };
}

const clusters = data.clusters.map(([id, kept, members]) => entry(
  "cluster", id,
  [items[kept], ...members.map(([member]) => items[member])],
  members.map(([member, relation, jaccard, containment, rule]) => ({
    a: items[kept], b: items[member], relation, jaccard, containment, rule,
    score: relation === "excerpt" ? containment : jaccard,
  })).sort((x, y) => byTime(x.b, y.b)),
  items[kept],
));

// A story is shown by the item that says most.
const stories = data.groups.map(([id, members, links, fullest]) => entry(
  "story", id,
  members.map((member) => items[member]),
  links.map(([a, b, relation, score, rule, jaccard, containment]) => ({
    a: items[a], b: items[b], relation, score, rule, jaccard, containment,
  })),
  null, items[fullest],
));

const clusterOf = new Map();
for (const cluster of clusters) for (const item of cluster.members) clusterOf.set(item, cluster);

const removals = clusters.flatMap((cluster) => cluster.matches);

// ---- texts: packed in blocks of neighbours, unpacked when first needed ----

const unpacked = new Map();

async function unpack(script) {
  const bytes = Uint8Array.from(atob(script.textContent), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

function documentParsed() {
  if (document.readyState !== "loading") return Promise.resolve();
  return new Promise((done) => document.addEventListener("DOMContentLoaded", done, { once: true }));
}

const blocks = documentParsed().then(() => [...document.querySelectorAll("script.texts")]);

async function textOf(item) {
  const script = (await blocks).findLast((block) => Number(block.dataset.first) <= item.number);
  if (!script) return "";
  return (await textsOf(script))[item.number - Number(script.dataset.first)];
}

function textsOf(script) {
  if (!unpacked.has(script)) unpacked.set(script, unpack(script));
  return unpacked.get(script);
}

// ---- search ----

const plain = (text) => text.normalize("NFC").toLowerCase().replaceAll("ё", "е");

// Fills `item.searched` with title, source, id, and once unpacked the text.
let textsSearchable = null;
function makeTextsSearchable() {
  textsSearchable ??= (async () => {
    for (const script of await blocks) {
      const texts = await textsOf(script);
      texts.forEach((text, at) => {
        const item = items[Number(script.dataset.first) + at];
        item.searched = searched(item) + "\n" + plain(text);
      });
    }
  })();
  return textsSearchable;
}

function searched(item) {
  item.searched ??= plain([item.title, item.name, sourceName(item.source), item.id].join("\n"));
  return item.searched;
}

function passes(found, wanted) {
  const { words, source, relation, low, high, from, until, pair } = wanted;
  const dated = (item) => !(item.time < from) && !(item.time > until)
    && !(isNaN(item.time) && (from > -Infinity || until < Infinity));
  if (from > -Infinity || until < Infinity || source !== null || words.length) {
    const suits = (item) => (source === null || item.source === source) && dated(item)
      && words.every((word) => searched(item).includes(word));
    if (!found.members.some(suits)) return false;
  }
  if (pair && !found.matches.some(({ a, b }) => a.source === pair[0] && b.source === pair[1])) {
    return false;
  }
  if (!relation && low <= 0 && high >= 1) return true;
  return found.matches.some((match) => (!relation || match.relation === relation)
    && match.score >= low && match.score <= high);
}

const ORDERS = {
  "most items": (a, b) => b.members.length - a.members.length,
  "newest": (a, b) => (b.last || -Infinity) - (a.last || -Infinity) || 0,
  "oldest": (a, b) => (a.first || Infinity) - (b.first || Infinity) || 0,
  "weakest match": (a, b) => a.weakest - b.weakest,
  "most sources": (a, b) => b.sources.size - a.sources.size,
  "longest spread": (a, b) => ((b.last - b.first) || 0) - ((a.last - a.first) || 0),
};
