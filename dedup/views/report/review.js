// What a reader says of a pair, kept in the browser, and what can be taken out of the page: labels
// (a, b, go) for `dedup evaluate`, and the list as it is filtered.

// Labels are kept under the fingerprint of the report, so that two reports do not mix.
const LABELS_KEY = `dedup-labels-${data.fingerprint}`;

const labels = new Map(readLabels());

function readLabels() {
  try {
    return JSON.parse(localStorage.getItem(LABELS_KEY) || "[]");
  } catch {
    return []; // the browser keeps nothing for this page; labels last until it is closed
  }
}

function keepLabels() {
  try {
    localStorage.setItem(LABELS_KEY, JSON.stringify([...labels]));
  } catch {
    // Storage is full or forbidden; the labels stay in memory and can still be exported.
  }
}

const labelKey = (match) => JSON.stringify([match.a.id, match.b.id]);

// Is the pair one by which b is removed? Then "right" means that it may be removed.
const removes = (match) => ["identical", "reprint", "excerpt"].includes(match.relation);

// Two buttons: was the decision about this pair right or wrong? Pressing one again takes it back.
function reviewNode(match) {
  const key = labelKey(match);
  const box = el("div", { class: "segments review", role: "group", "aria-label": "Was this decision right?" });
  const draw = () => box.replaceChildren(...[["right", removes(match)], ["wrong", !removes(match)]].map(([name, go]) => {
    const answer = go ? "yes" : "no";
    const pressed = labels.get(key) === answer;
    return el("button", { type: "button", "aria-pressed": pressed ? "true" : "false", "data-label": name, onclick: () => {
      if (pressed) labels.delete(key);
      else labels.set(key, answer);
      keepLabels();
      draw();
      drawLabelCount();
    } }, name === "right" ? "✓ Right" : "✗ Mark as wrong");
  }));
  draw();
  return box;
}

function drawLabelCount() {
  const button = byId("export-labels");
  button.hidden = !labels.size;
  button.textContent = `Export ${plural(labels.size, "label")}`;
}

// A cell of CSV. One that a spreadsheet would take for a formula begins with an apostrophe.
function csvCell(value) {
  const text = String(value ?? "");
  const safe = /^[=+\-@\t\r\n＝＋－＠﹦﹢﹣﹫]/.test(text) && typeof value !== "number" ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const csv = (rows) => rows.map((row) => row.map(csvCell).join(",") + "\r\n").join("");

function download(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

// Ids are written as they are, without the guard against formulas: they have to be found again.
function exportLabels() {
  const quote = (id) => (/[",\n\r]/.test(id) ? `"${id.replaceAll('"', '""')}"` : id);
  const rows = [...labels].map(([key, go]) => [...JSON.parse(key).map(quote), go].join(","));
  download("labels.csv", ["a,b,go", ...rows].join("\r\n") + "\r\n");
}

// One row for each member of the clusters or groups in the list.
function exportList(entries) {
  const head = ["cluster or group", "kept", "id", "relation", "score", "source", "published", "title"];
  const rows = entries.flatMap((shown) => shown.members.map((item) => {
    const match = shown.matches.find(({ b }) => b === item) || shown.matches.find(({ a }) => a === item);
    const relation = item === shown.kept ? "kept" : match?.relation || "story";
    return [shown.id, shown.kept?.id || "", item.id, relation, item === shown.kept ? "" : match?.score ?? "",
      sourceName(item.source), item.published, item.title];
  }));
  download(`${entries[0]?.kind === "story" ? "stories" : "clusters"}.csv`, csv([head, ...rows]));
}
