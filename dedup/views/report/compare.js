// Two texts side by side: what they share, and what only one of them has.

// Shared words in a row that make a passage: as many as the run compared as one.
const PASSAGE_WORDS = Math.max(1, Number(data.settings.shingle) || 3);

// Words as compared: lower-case, ё as е; with their place in the text.
function tokens(text) {
  const found = [];
  let sentence = true, end = 0;
  for (const match of text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)) {
    if (/[.!?…\n]/.test(text.slice(end, match.index))) sentence = true;
    end = match.index + match[0].length;
    found.push({
      word: plain(match[0]), begin: match.index, end,
      number: /\p{N}/u.test(match[0]),
      name: !sentence && /^\p{Lu}/u.test(match[0]),
    });
    sentence = false;
  }
  return found;
}

// Gives each word of a shared run of at least PASSAGE_WORDS words the number of its passage, in both texts.
function markPassages(a, b) {
  const gram = (list, at) => list.slice(at, at + PASSAGE_WORDS).map((token) => token.word).join(" ");
  const inA = new Map();
  for (let at = 0; at + PASSAGE_WORDS <= a.length; at += 1) {
    const key = gram(a, at);
    if (inA.has(key)) inA.get(key).push(at);
    else inA.set(key, [at]);
  }
  const passageOf = new Map();
  let passages = 0;
  for (let at = 0; at + PASSAGE_WORDS <= b.length;) {
    const starts = inA.get(gram(b, at));
    if (!starts) { at += 1; continue; }
    let longest = PASSAGE_WORDS;
    for (const start of starts.slice(0, 50)) {
      let length = PASSAGE_WORDS;
      while (a[start + length] && a[start + length].word === b[at + length]?.word) length += 1;
      longest = Math.max(longest, length);
    }
    passages += 1;
    for (let step = 0; step < longest; step += 1) b[at + step].passage ??= passages;
    for (let step = 0; step + PASSAGE_WORDS <= longest; step += 1) {
      const key = gram(b, at + step);
      if (!passageOf.has(key)) passageOf.set(key, passages);
    }
    at += longest - PASSAGE_WORDS + 1;
  }
  for (let at = 0; at + PASSAGE_WORDS <= a.length; at += 1) {
    const passage = passageOf.get(gram(a, at));
    if (passage) for (let step = 0; step < PASSAGE_WORDS; step += 1) a[at + step].passage ??= passage;
  }
  return passages;
}

function markOwn(list, other) {
  const known = new Set(other.map((token) => token.word));
  for (const token of list) {
    if (token.passage || known.has(token.word)) continue;
    token.own = token.number ? "number" : token.name ? "name" : "word";
  }
}

// The text from `begin` to `end` as nodes; the words of one passage in one <mark>.
function marked(text, list, begin, end) {
  const nodes = [];
  let done = begin, mark = null;
  for (const token of list) {
    if (token.begin < begin || token.end > end) continue;
    const same = mark && token.passage === mark.passage;
    (same ? mark.node : { append: (part) => nodes.push(part) }).append(text.slice(done, token.begin));
    if (!same) mark = null;
    const word = text.slice(token.begin, token.end);
    if (token.passage && !mark) {
      mark = { passage: token.passage, node: el("mark", { "data-passage": token.passage }) };
      nodes.push(mark.node);
    }
    if (mark) mark.node.append(word);
    else nodes.push(token.own ? el("span", { class: `own own-${token.own}` }, word) : word);
    done = token.end;
  }
  nodes.push(text.slice(done, end));
  return nodes;
}

async function side(item) {
  const text = (await textOf(item)).trim().replace(/\n\s*\n/g, "\n\n");
  const title = item.title && !text.startsWith(item.title) ? item.title + "\n\n" : "";
  const full = title + text;
  return { item, full, title: title.length, list: tokens(full) };
}

function column({ item, full, title, list }, role, name) {
  return el("section", { class: `column ${role}`, "aria-label": `${name}: ${sourceName(item.source)}` },
    el("header", {}, el("span", { class: "role" }, name), foreign("b", {}, sourceName(item.source)),
      el("time", {}, moment(item.published)), address(item.id)),
    el("div", { class: "text", lang: langOf(full), dir: "auto" },
      title ? el("h3", {}, ...marked(full, list, 0, title - 2)) : null,
      ...marked(full, list, title, full.length)));
}

// A link only where the id is a web address, whatever else a stranger calls his text.
function address(id) {
  const url = /https?:\/\/[^\s"'<>]+$/.exec(id);
  const plainId = !url || !/^([a-z]+:)?https?:\/\//.test(id);
  return plainId ? foreign("span", { class: "id" }, id)
    : el("a", { class: "id", href: url[0], target: "_blank", rel: "noopener noreferrer nofollow" }, id);
}

// What stands against each other in the two texts, and the sentences that only the shorter one has.
function apartNode(match, names) {
  const known = data.apart[`${match.a.number}-${match.b.number}`];
  if (!known) return null;
  const [slots, shorter, sentences] = known;
  const rows = slots.map(([kind, a, b]) => el("li", {}, el("span", { class: "kind" }, kind), " ",
    foreign("b", {}, a || "–"), " against ", foreign("b", {}, b || "–")));
  const own = sentences.map((sentence) => foreign("li", {}, sentence));
  if (!rows.length && !own.length) {
    return el("p", { class: "apart" }, "No number, name or day stands against another, and every sentence of the shorter text is in the longer one.");
  }
  return el("div", { class: "apart" },
    rows.length ? el("h3", {}, `In the same place or of opposite meaning: ${names[0]} against ${names[1]}`) : null,
    rows.length ? el("ul", {}, rows) : null,
    own.length ? el("h3", {}, `Sentences of “${names[shorter]}”, the shorter text, that are nowhere in the other`) : null,
    own.length ? el("ul", {}, own) : null);
}

async function comparison(match, names) {
  if (!("DecompressionStream" in window)) {
    return el("p", {}, "This browser cannot unpack the texts (it lacks DecompressionStream).");
  }
  const [a, b] = await Promise.all([side(match.a), side(match.b)]);
  const passages = markPassages(a.list, b.list);
  markOwn(a.list, b.list);
  markOwn(b.list, a.list);
  const shared = b.list.filter((token) => token.passage).length;
  const box = el("div", { class: "columns show-b" }, column(a, "a", names[0]), column(b, "b", names[1]));
  const turn = (which) => {
    box.className = `columns show-${which}`;
    for (const button of flip.children) button.setAttribute("aria-pressed", String(button.dataset.side === which));
  };
  const flip = el("div", { class: "segments flip", role: "group", "aria-label": "Text shown" },
    ["a", "b"].map((which, at) => el("button", { type: "button", "data-side": which, "aria-pressed": which === "b" ? "true" : "false", onclick: () => turn(which) }, names[at])));
  const twins = (mark) => box.querySelectorAll(`[data-passage="${mark.dataset.passage}"]`);
  box.addEventListener("pointerover", (event) => {
    const mark = event.target.closest("mark");
    for (const lit of box.querySelectorAll(".lit")) lit.classList.remove("lit");
    if (mark) for (const twin of twins(mark)) twin.classList.add("lit");
  });
  box.addEventListener("click", (event) => {
    const mark = event.target.closest("mark");
    if (!mark || String(getSelection())) return;
    const own = mark.closest(".column");
    const twin = [...twins(mark)].find((other) => other.closest(".column") !== own);
    if (!twin) return;
    turn(own.classList.contains("a") ? "b" : "a");
    twin.scrollIntoView({ block: "center", behavior: "smooth" });
  });
  const legend = el("p", { class: "legend" },
    passages
      ? el("span", {}, el("mark", {}, plural(passages, "shared passage")), ` with ${count(shared)} of the ${plural(b.list.length, "word")} of “${names[1]}”`)
      : el("span", {}, "no shared passage"),
    el("span", {}, "only in one text: ", el("span", { class: "own own-word" }, "word"), " ",
      el("span", { class: "own own-number" }, "number"), " ", el("span", { class: "own own-name" }, "name")));
  return el("div", { class: "comparison" }, apartNode(match, names), legend, flip, box);
}
