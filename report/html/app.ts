// The page comes alive: what was readable before can now be filtered, placed on
// a timeline and copied. Nothing is fetched, and nothing becomes markup: texts
// are set as text.

import { Charts } from "./charts";
import { Data, Kept, levels, load } from "./data";
import { copy, markdown } from "./copy";
import { Events } from "./events";
import { Field, Filters, fields, fill, langNow, severities } from "./filters";
import { Hit, Timeline } from "./lanes";
import { Mode, Times, span } from "./times";

const id = <E extends HTMLElement>(name: string) => document.getElementById(name) as E;

function make<K extends keyof HTMLElementTagNameMap>(tag: K, text = "", set: Partial<HTMLElementTagNameMap[K]> = {}): HTMLElementTagNameMap[K] {
  const el = document.createElement(tag);
  if (text) el.textContent = text;
  return Object.assign(el, set);
}

class Page {
  private filters: Filters;
  private times: Times;
  private line: Timeline;
  private visible = new Set<number>();
  private kept: Kept;
  private events: Events;
  private charts: Charts;
  private waiting = 0;
  private zoneName = [...id("zone-name")?.childNodes ?? []].map((n) => n.cloneNode(true));

  constructor(private d: Data) {
    const root = d.findings?.find((f) => f.first !== null);
    this.times = new Times(d.shift, root?.first ?? d.first ?? 0);
    this.filters = new Filters(d);
    this.kept = new Kept(d.events);
    id("timeline").hidden = id("to-timeline").hidden = false;
    this.line = new Timeline(id<HTMLCanvasElement>("lanes"), id<HTMLCanvasElement>("brush"), d, this.kept, this.times, langNow, () => this.tellView());
    if (this.line.empty) {
      for (const name of ["lanes", "brush", "view"]) id(name).hidden = true;
    }
    const word = (key: string) => this.word(key);
    this.events = new Events(id("events"), id("events-head"), d, this.kept, this.times, word, (i) => this.event(i));
    this.charts = new Charts(d, this.times, langNow, (from, to) => this.line.window(from, to));
    this.controls();
    this.apply();
    this.listen();
    this.follow();
  }

  private word(key: string): string {
    return this.d.words[langNow()][key] ?? key;
  }

  // controls builds the row above the timeline, in the language of the moment.
  private controls(): void {
    const bar = id("controls");
    const search = make("input", "", { type: "search", id: "search", placeholder: this.word("search"), value: this.filters.text });
    search.setAttribute("aria-label", this.word("search"));
    search.addEventListener("input", () => {
      this.filters.text = search.value.trim();
      this.apply();
    });
    bar.replaceChildren(search);
    for (const sev of severities) {
      const b = make("button", "", { type: "button", className: `sevbtn ${sev}` });
      b.dataset.sev = sev;
      b.addEventListener("click", () => {
        if (!this.filters.off.delete(sev)) this.filters.off.add(sev);
        this.apply();
      });
      bar.append(b);
    }
    for (const field of fields) {
      const s = make("select", "", { id: `by-${field}` });
      s.setAttribute("aria-label", this.word(field));
      s.append(make("option", "", { value: "" }));
      for (const v of this.filters.options(field)) s.append(make("option", v, { value: v }));
      s.value = this.filters.only[field];
      s.addEventListener("change", () => {
        this.filters.only[field] = s.value;
        this.apply();
      });
      bar.append(s);
    }
    const mode = make("select", "", { id: "times" });
    mode.setAttribute("aria-label", this.word("times"));
    for (const m of ["zone", "utc", "relative"] as Mode[]) mode.append(make("option", m === "zone" ? this.d.zone || this.word("zone") : this.word(m), { value: m }));
    mode.value = this.times.mode;
    mode.addEventListener("change", () => this.setTimes(mode.value as Mode));
    const reset = make("button", this.word("reset"), { type: "button", id: "reset" });
    reset.addEventListener("click", () => {
      this.filters.reset();
      this.line.window(this.line.low, this.line.high);
      this.controls();
      this.apply();
    });
    bar.append(mode, reset);
    for (const tools of document.querySelectorAll<HTMLElement>("[data-tools]")) this.tools(tools);
  }

  private tools(place: HTMLElement): void {
    const name = place.dataset.tools!;
    const index = this.d.findings?.findIndex((f) => f.id === name) ?? -1;
    const asText = make("button", this.word("copy"), { type: "button", className: "copy" });
    asText.addEventListener("click", async () => {
      await copy(markdown(place.closest("article")!));
      asText.textContent = this.word("copied");
      setTimeout(() => (asText.textContent = this.word("copy")), 1500);
    });
    place.replaceChildren(asText);
    if (index < 0 || this.d.findings![index].first === null) return;
    const show = make("button", this.word("window"), { type: "button", className: "show" });
    show.addEventListener("click", () => {
      this.choose(index);
      id("timeline").scrollIntoView();
    });
    place.prepend(show);
  }

  // apply shows what the filters leave.
  private apply(): void {
    this.visible = this.filters.findings();
    const at = new Map((this.d.findings ?? []).map((f, i) => [f.id, i]));
    for (const el of document.querySelectorAll<HTMLElement>("[data-finding]")) el.hidden = !this.visible.has(at.get(el.dataset.finding!) ?? -1);
    for (const b of document.querySelectorAll<HTMLButtonElement>("[data-sev]")) {
      const sev = b.dataset.sev as (typeof severities)[number];
      b.textContent = `${this.word(sev)} ${this.filters.countSeverity(sev)}`;
      b.setAttribute("aria-pressed", String(!this.filters.off.has(sev)));
    }
    for (const field of fields) this.counts(field);
    const all = this.d.findings?.length ?? 0;
    id("shown-count").textContent = this.visible.size === all ? String(all) : fill(this.word("showing"), { n: this.visible.size, m: all });
    this.line.filter(this.visible, this.filters.lanes());
    this.events.filter(this.filters.event(this.kept, this.visible));
    this.tellView();
    this.drawCharts();
  }

  private drawCharts(): void {
    if (!this.line.empty) this.charts.draw(id("rate"), id("charts"), this.filters.lanes(), this.line.from, this.line.to);
  }

  // inStep lets table and charts follow the timeline, once a frame.
  private inStep(): void {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.events.show(this.line.from, this.line.to);
      this.charts.window(this.line.from, this.line.to);
    });
  }

  private counts(field: Field): void {
    for (const o of id<HTMLSelectElement>(`by-${field}`).options) {
      o.textContent = o.value ? `${o.value} (${this.filters.count(field, o.value)})` : `${this.word(field)}: ${this.word("all")}`;
    }
  }

  private setTimes(mode: Mode): void {
    this.times.set(mode);
    const name = id("zone-name");
    if (mode === "zone") name.replaceChildren(...this.zoneName.map((n) => n.cloneNode(true)));
    else name.textContent = this.word(mode);
    this.line.draw();
    this.tellView();
    this.drawCharts();
  }

  private tellView(): void {
    const l = this.line;
    if (!l || l.empty) return;
    const parts = [fill(this.word("view"), { from: this.times.full(l.from), to: this.times.full(l.to), span: span(l.to - l.from) })];
    if (l.left) parts.push(fill(this.word("lanes"), { n: l.left }));
    if (this.d.left) parts.push(fill(this.word("left"), { n: this.d.left }));
    id("view").textContent = parts.join(" · ");
    this.inStep();
  }

  // event shows one row of the table in full, with its finding and its quotation
  // where it has them.
  private event(i: number): void {
    const k = this.kept, lane = this.d.lanes?.[k.lane[i]], box = id("picked");
    const head = make("p", `${this.times.full(k.at[i])} ${levels[k.level[i]] ?? ""} ${lane?.host ?? ""} `);
    head.append(make("code", lane ? `${lane.path}:${k.line[i]}` : ""));
    const e = this.d.evidence, links: HTMLElement[] = [];
    for (const f of k.finding[i]) {
      const found = this.d.findings![f];
      links.push(make("a", `${found.id} ${found.title[langNow()] || found.title.en}`, { href: "#" + encodeURIComponent(found.id) }));
    }
    for (let q = 0; q < (e.id?.length ?? 0); q++) {
      if (e.lane![q] === k.lane[i] && e.line![q] === k.line[i] && this.d.findings![e.finding![q]].full) links.push(make("a", e.id![q], { href: "#" + encodeURIComponent(e.id![q]) }));
    }
    const list = make("p");
    for (const l of links.slice(0, 12)) list.append(l, " ");
    box.replaceChildren(head, make("p", k.text[i], { className: "prose" }), list);
    box.hidden = false;
  }

  // choose shows a finding's window, and lists its evidence below the timeline.
  private choose(index: number): void {
    const f = this.d.findings![index];
    this.line.chosen = index;
    this.line.show(f);
    this.line.draw();
    for (const el of document.querySelectorAll<HTMLElement>("[data-finding]")) el.classList.toggle("chosen", el.dataset.finding === f.id);
    const box = id("picked");
    const head = make("p");
    const link = make("a", f.id, { href: "#" + encodeURIComponent(f.id) });
    head.append(make("span", this.word(f.sev), { className: `sev ${f.sev}` }), " ", f.full ? link : f.id, " ", f.title[langNow()] || f.title.en);
    const list = make("ul");
    const e = this.d.evidence;
    for (let i = 0; i < (e.id?.length ?? 0) && list.children.length < 40; i++) {
      if (e.finding![i] !== index) continue;
      const li = make("li");
      li.append(make("a", e.id![i], { href: "#" + encodeURIComponent(e.id![i]) }), ` ${e.at![i] === null ? "" : this.times.full(e.at![i]!)} ${this.d.lanes?.[e.lane![i]]?.path ?? ""}:${e.line![i]}`);
      list.append(li);
    }
    box.replaceChildren(head, list);
    box.hidden = false;
  }

  private listen(): void {
    const canvas = id<HTMLCanvasElement>("lanes"), tip = id("tip");
    canvas.addEventListener("click", (e) => {
      if (canvas.dataset.dragged) return;
      const hit = this.line.hit(e.offsetX, e.offsetY);
      if (hit.finding !== undefined) this.choose(hit.finding);
      else if (hit.mark) {
        this.choose(hit.mark.finding);
        if (this.d.findings![hit.mark.finding].full) location.hash = encodeURIComponent(hit.mark.id);
      }
    });
    canvas.addEventListener("pointermove", (e) => {
      const text = this.about(this.line.hit(e.offsetX, e.offsetY));
      tip.hidden = !text;
      canvas.style.cursor = text ? "pointer" : "grab";
      if (!text) return;
      tip.textContent = text;
      tip.style.left = `${Math.min(e.offsetX + 14, canvas.clientWidth - tip.offsetWidth - 4)}px`;
      tip.style.top = `${e.offsetY + 14}px`;
    });
    canvas.addEventListener("pointerleave", () => (tip.hidden = true));
    for (const row of document.querySelectorAll<HTMLElement>("tr[data-finding]")) {
      row.addEventListener("click", () => {
        const i = this.d.findings?.findIndex((f) => f.id === row.dataset.finding) ?? -1;
        if (i >= 0) this.choose(i);
      });
    }
    for (const radio of document.querySelectorAll("input.pick")) {
      radio.addEventListener("change", () => {
        this.controls();
        this.apply();
        if (this.line.chosen >= 0) this.choose(this.line.chosen);
      });
    }
    window.addEventListener("resize", () => {
      this.line.draw();
      this.charts.resize();
    });
    window.addEventListener("hashchange", () => this.follow());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.line.draw();
      this.drawCharts();
    });
  }

  // follow makes sure that what an address names is not filtered away.
  private follow(): void {
    let name = "";
    try {
      name = decodeURIComponent(location.hash.slice(1));
    } catch {
      return;
    }
    const el = name ? document.getElementById(name) : null;
    if (!el) return;
    const article = el.closest<HTMLElement>("article[data-finding]");
    if (!article) return;
    if (article.hidden) {
      this.filters.reset();
      this.controls();
      this.apply();
    }
    for (const item of document.querySelectorAll(".item.chosen")) item.classList.remove("chosen");
    if (el.classList.contains("item")) el.classList.add("chosen");
    const i = this.d.findings?.findIndex((f) => f.id === article.dataset.finding) ?? -1;
    if (i >= 0 && i !== this.line.chosen) this.choose(i);
    el.scrollIntoView();
  }

  private about(hit: Hit): string {
    if (hit.mark) {
      const f = this.d.findings![hit.mark.finding];
      return `${hit.mark.id} ${this.times.full(hit.mark.at)}\n${this.d.lanes![hit.mark.lane].path}:${hit.mark.line}\n${f.id} ${f.title[langNow()] || f.title.en}`;
    }
    if (hit.finding !== undefined) {
      const f = this.d.findings![hit.finding];
      return `${f.id} ${f.title[langNow()] || f.title.en}\n${f.rule}\n${f.first === null ? "" : this.times.full(f.first)} – ${f.last === null ? "" : this.times.full(f.last)}`;
    }
    if (hit.lane !== undefined) {
      const l = this.d.lanes![hit.lane];
      return `${l.path}\n${fill(this.word("records"), { n: l.events, e: l.loud })}${l.no_zone ? " · " + this.word("zoneUnknown") : ""}\n${this.times.full(l.first!)} – ${this.times.full(l.last!)}`;
    }
    return "";
  }
}

load().then((d) => new Page(d)).catch((e: unknown) => {
  const note = make("p", `${e instanceof Error ? e.message : String(e)}`, { className: "dim", id: "script-failed" });
  id("findings").prepend(note);
});
