// The list: only the rows in sight are in the document, so that 10,000 clusters open at once.

class List {
  constructor(box, onopen) {
    this.box = box;
    this.onopen = onopen;
    this.entries = [];
    this.active = -1;
    this.spacer = el("div", { class: "spacer", role: "presentation" });
    box.append(this.spacer);
    box.addEventListener("scroll", () => this.draw(), { passive: true });
    box.addEventListener("click", (event) => {
      const row = event.target.closest("[role=option]");
      if (row) this.choose(Number(row.dataset.row), true);
    });
    new ResizeObserver(() => this.draw()).observe(box);
  }

  get rowHeight() {
    return parseFloat(getComputedStyle(this.box).getPropertyValue("--row")) || 88;
  }

  set(entries) {
    const before = this.entries[this.active];
    this.entries = entries;
    this.active = before ? entries.indexOf(before) : -1;
    this.spacer.style.height = `${entries.length * this.rowHeight}px`;
    this.box.scrollTop = this.active > 0 ? this.active * this.rowHeight : 0;
    this.draw();
  }

  choose(row, open) {
    if (!this.entries.length) return;
    this.active = Math.max(0, Math.min(row, this.entries.length - 1));
    const top = this.active * this.rowHeight;
    if (top < this.box.scrollTop) this.box.scrollTop = top;
    const below = top + this.rowHeight - this.box.clientHeight;
    if (below > this.box.scrollTop) this.box.scrollTop = below;
    this.draw();
    if (open) this.onopen(this.entries[this.active]);
  }

  draw() {
    const height = this.rowHeight;
    const first = Math.max(0, Math.floor(this.box.scrollTop / height) - 3);
    const last = Math.min(this.entries.length, Math.ceil((this.box.scrollTop + this.box.clientHeight) / height) + 3);
    const rows = [];
    for (let row = first; row < last; row += 1) {
      const node = this.row(this.entries[row], row);
      node.style.transform = `translateY(${row * height}px)`;
      rows.push(node);
    }
    this.spacer.replaceChildren(...rows);
    if (this.active >= first && this.active < last) this.box.setAttribute("aria-activedescendant", `row-${this.active}`);
    else this.box.removeAttribute("aria-activedescendant");
  }

  row(shown, row) {
    const relations = [...tally(shown.matches, (match) => match.relation)].sort((a, b) => b[1] - a[1]);
    const copies = shown.kind === "cluster"
      ? plural(shown.matches.length, "copy", "copies")
      : plural(shown.members.length, "item");
    return el("div", {
      class: "row", role: "option", id: `row-${row}`, "data-row": row,
      "aria-selected": row === this.active ? "true" : "false",
      "aria-setsize": this.entries.length, "aria-posinset": row + 1,
    },
    foreign("div", { class: "title" }, shown.lead.name),
    el("div", { class: "meta" }, foreign("span", { class: "source" }, sourceName(shown.lead.source)),
      el("span", {}, moment(shown.lead.published || shown.members[0].published))),
    el("div", { class: "meta" },
      el("span", {}, el("b", {}, copies), ` · ${plural(shown.sources.size, "source")}`),
      el("span", { class: "dots" }, relations.map(([name, number]) =>
        el("span", { title: RELATIONS[name] }, el("i", { class: `b-${name}` }), ` ${name}${relations.length > 1 ? " " + number : ""}`))),
      el("span", { class: "weakest", title: "score of its weakest match" }, score(shown.weakest))));
  }
}
