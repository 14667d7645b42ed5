// Building nodes. Strings become text nodes, never markup: texts come from strangers.

function fill(node, properties, children) {
  for (const [name, value] of Object.entries(properties || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

const el = (tag, properties, ...children) => fill(document.createElement(tag), properties, children);

const svg = (tag, properties, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), properties, children);

const byId = (id) => document.getElementById(id);

// A stranger's text: isolated, so that writing-direction marks in it end with it;
// its language guessed by its letters, so that it is read aloud and hyphenated rightly.
const foreign = (tag, properties, text) => el(tag, { lang: langOf(text), dir: "auto", ...properties }, text);

function langOf(text) {
  const cyrillic = (text.match(/\p{Script=Cyrillic}/gu) || []).length;
  return cyrillic * 2 > (text.match(/\p{L}/gu) || []).length ? "ru" : undefined;
}

const count = (number) => number.toLocaleString("en");
const share = (part, whole) => {
  const percent = whole ? (100 * part) / whole : 0;
  return (percent > 0 && percent < 10 ? percent.toFixed(1) : Math.round(percent)) + " %";
};
const plural = (number, one, many) => `${count(number)} ${number === 1 ? one : many || one + "s"}`;

// Only an exact 1 is shown as 1.00.
const score = (value) => (value === 1 ? value : Math.min(value, 0.99)).toFixed(2);

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

// As the source wrote it: its clock and zone, not the reader's.
function moment(published) {
  const parts = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(.*))?$/.exec(published);
  if (!parts || !MONTHS[parts[2] - 1]) return published || "no date";
  const [, year, month, day, clock, zone] = parts;
  const time = clock ? ` ${clock}${zone && !/^(Z|[+]00:?00)$/.test(zone) ? " " + zone : ""}` : "";
  return `${Number(day)} ${MONTHS[month - 1]} ${year}${time}`;
}

function span(milliseconds) {
  const minutes = Math.round(Math.abs(milliseconds) / 60000);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.round(minutes / 1440)} days`;
}

const badge = (relation) => el("span", { class: `badge r-${relation}`, title: RELATIONS[relation] }, relation);
