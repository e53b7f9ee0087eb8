// The timeline: findings above, one lane a source below, drawn on a canvas. Only
// what its window shows is drawn, at most one mark a pixel and lane.

import { Data, Finding, Kept, Lang, Mark, Severity, marks, severities } from "./data";
import { Density, bins, densityOf, paint } from "./density";
import { Times, ticks } from "./times";

export const gutter = 230;
const rowHeight = 20;
const axisHeight = 24;
const mostRows = 150;
const mostFindings = 24;

type Row =
  | { kind: "host"; host: string }
  | { kind: "finding"; index: number }
  | { kind: "lane"; index: number };

export interface Hit {
  finding?: number;
  mark?: Mark;
  lane?: number;
}

export class Timeline {
  from = 0;
  to = 1;
  chosen = -1;
  readonly low: number;
  readonly high: number;
  readonly marks: Mark[];
  left = 0;
  private density: Density[];
  private rows: Row[] = [];
  private shown: Mark[] = [];
  private lanesShown = new Set<number>();
  private ink: Record<string, string> = {};

  constructor(
    private canvas: HTMLCanvasElement,
    private brush: HTMLCanvasElement,
    private d: Data,
    private kept: Kept,
    private times: Times,
    private lang: () => Lang,
    private moved: () => void,
  ) {
    this.marks = marks(d);
    this.density = (d.lanes ?? []).map(densityOf);
    const all = [...(d.findings ?? []).flatMap((f) => [f.first, f.last]), ...(d.lanes ?? []).flatMap((l) => [l.first, l.last]), ...this.marks.map((m) => m.at)].filter((t): t is number => t !== null);
    const low = all.reduce((a, b) => Math.min(a, b), Infinity);
    const high = all.reduce((a, b) => Math.max(a, b), -Infinity);
    const edge = Math.max((high - low) * 0.02, 0.5);
    this.low = low - edge;
    this.high = high + edge;
    this.from = this.low;
    this.to = this.high;
    this.listen();
  }

  get empty(): boolean {
    return !Number.isFinite(this.low) || !Number.isFinite(this.high);
  }

  // filter chooses the findings and lanes that are drawn.
  filter(findings: Set<number>, lanes: Set<number>): void {
    this.rows = [];
    this.lanesShown = lanes;
    for (const [i, f] of (this.d.findings ?? []).entries()) {
      if (findings.has(i) && f.first !== null && this.rows.length < mostFindings) this.rows.push({ kind: "finding", index: i });
    }
    const byHost = new Map<string, number[]>();
    let left = this.d.lanes_left;
    for (const [i, l] of (this.d.lanes ?? []).entries()) {
      if (!lanes.has(i) || l.first === null) {
        left++;
        continue;
      }
      byHost.set(l.host, [...(byHost.get(l.host) ?? []), i]);
    }
    for (const [host, all] of byHost) {
      if (this.rows.length >= mostRows) {
        left += all.length;
        continue;
      }
      this.rows.push({ kind: "host", host });
      for (const i of all) {
        if (this.rows.length < mostRows) this.rows.push({ kind: "lane", index: i });
        else left++;
      }
    }
    this.left = left;
    this.shown = this.marks.filter((m) => findings.has(m.finding) && lanes.has(m.lane));
    this.draw();
  }

  // window changes what is seen, within what there is.
  window(from: number, to: number): void {
    const least = 0.01;
    const width = Math.min(Math.max(to - from, least), this.high - this.low);
    from = Math.min(Math.max((from + to - width) / 2, this.low), this.high - width);
    this.from = from;
    this.to = from + width;
    this.draw();
    this.moved();
  }

  zoom(factor: number, at = (this.from + this.to) / 2): void {
    this.window(at - (at - this.from) * factor, at + (this.to - at) * factor);
  }

  // show brings a finding's window into view.
  show(f: Finding): void {
    if (f.first === null) return;
    const last = f.last ?? f.first;
    const edge = Math.max((last - f.first) * 0.25, 500);
    this.window(f.first - edge, last + edge);
  }

  private x(at: number): number {
    const wide = this.canvas.clientWidth - gutter;
    return gutter + ((at - this.from) / (this.to - this.from)) * wide;
  }

  private at(x: number): number {
    return this.from + ((x - gutter) / (this.canvas.clientWidth - gutter)) * (this.to - this.from);
  }

  draw(): void {
    const style = getComputedStyle(document.documentElement);
    for (const name of ["ink", "dim", "line", "soft", "accent", "density", "bg", ...severities]) this.ink[name] = style.getPropertyValue("--" + name).trim();
    const g = size(this.canvas, axisHeight + this.rows.length * rowHeight + 4);
    if (!g || this.empty) return;
    const wide = this.canvas.clientWidth, high = this.canvas.clientHeight;
    g.font = "12px system-ui, 'Noto Sans CJK SC', sans-serif";
    g.textBaseline = "middle";
    this.axis(g, wide, high);
    const f = this.d.findings?.[this.chosen];
    if (f && f.first !== null) {
      const a = Math.max(this.x(f.first), gutter), b = Math.min(this.x(f.last ?? f.first), wide);
      g.globalAlpha = 0.12;
      g.fillStyle = this.ink.accent;
      if (b >= gutter && a <= wide) g.fillRect(a, axisHeight, Math.max(b - a, 2), high);
      g.globalAlpha = 1;
    }
    this.rows.forEach((row, i) => this.row(g, row, axisHeight + i * rowHeight, wide));
    this.ticksOfMarks(g, wide);
    this.drawBrush();
  }

  private axis(g: CanvasRenderingContext2D, wide: number, high: number): void {
    g.strokeStyle = this.ink.line;
    const shift = this.times.mode === "zone" ? this.d.shift * 1000 : 0;
    for (const t of ticks(this.from, this.to, Math.max(Math.floor((wide - gutter) / 130), 2), shift)) {
      const x = Math.round(this.x(t)) + 0.5;
      g.beginPath();
      g.moveTo(x, axisHeight - 6);
      g.lineTo(x, high);
      g.stroke();
      g.fillStyle = this.ink.dim;
      g.fillText(this.times.show(t, this.to - this.from), x + 4, axisHeight / 2);
    }
  }

  private row(g: CanvasRenderingContext2D, row: Row, y: number, wide: number): void {
    const mid = y + rowHeight / 2;
    if (row.kind === "host") {
      g.fillStyle = this.ink.soft;
      g.fillRect(0, y, wide, rowHeight);
      this.label(g, row.host || this.d.words[this.lang()].noHost, 8, mid, this.ink.ink, true);
      return;
    }
    if (row.kind === "finding") {
      const f = this.d.findings![row.index];
      this.label(g, `${f.id} ${f.title[this.lang()] || f.title.en}`, 8, mid, this.ink[f.sev], row.index === this.chosen);
      this.bar(g, f, y);
      return;
    }
    const l = this.d.lanes![row.index];
    this.label(g, l.path, 20, mid, this.ink.dim, false, true);
    const a = Math.max(this.x(l.first!), gutter), b = Math.min(this.x(l.last ?? l.first!), wide);
    if (b < gutter || a > wide) return;
    const d = this.density[row.index];
    if (l.no_zone || !d.at.length) { // where it lies is a guess, or all of it has one time
      g.strokeStyle = this.ink.density;
      g.setLineDash(l.no_zone ? [4, 3] : []);
      g.strokeRect(a + 0.5, y + 5.5, Math.max(b - a - 1, 3), rowHeight - 11);
      g.setLineDash([]);
    }
    const coarse = (d.width / (this.to - this.from)) * (wide - gutter) > 12;
    paint(g, bins(d, this.from, this.to, gutter, wide - gutter), y + rowHeight - 2, rowHeight - 5, this.ink, coarse);
    if (coarse) this.each(g, row.index, y);
  }

  // each draws the kept events of a lane one by one, at most one a pixel, where
  // the steps of its density are too coarse for the window.
  private each(g: CanvasRenderingContext2D, lane: number, y: number): void {
    let last = -1;
    for (let i = this.kept.first(this.from); i < this.kept.n && this.kept.at[i] <= this.to; i++) {
      if (this.kept.lane[i] !== lane) continue;
      const x = Math.floor(this.x(this.kept.at[i])), sev = this.kept.severity(i);
      if (x === last && sev === "info") continue;
      last = x;
      g.fillStyle = sev === "info" ? this.ink.density : this.ink[sev];
      g.fillRect(x, y + rowHeight - 9, 1, 7);
    }
  }

  // bar draws a finding: its window, and how its events spread in it.
  private bar(g: CanvasRenderingContext2D, f: Finding, y: number): void {
    const wide = this.canvas.clientWidth;
    const a = Math.max(this.x(f.first!), gutter), b = Math.min(this.x(f.last ?? f.first!), wide);
    if (b < gutter || a > wide) return;
    g.fillStyle = this.ink[f.sev];
    g.globalAlpha = 0.25;
    g.fillRect(a, y + 3, Math.max(b - a, 3), rowHeight - 6);
    g.globalAlpha = 1;
    if (!f.counts || !f.step || f.start === null || f.start === undefined) {
      g.fillRect(a, y + 3, 3, rowHeight - 6);
      return;
    }
    const per = new Map<number, number>();
    let most = 0;
    const first = Math.max(0, Math.floor((this.from - f.start) / f.step)), end = Math.min(f.counts.length, Math.ceil((this.to - f.start) / f.step) + 1);
    for (let i = first; i < end; i++) {
      if (!f.counts[i]) continue;
      const px = Math.floor(this.x(f.start + i * f.step));
      const n = (per.get(px) ?? 0) + f.counts[i];
      per.set(px, n);
      most = Math.max(most, n);
    }
    const w = Math.max(this.x(this.from + f.step) - gutter - 1, 1.5);
    for (const [px, n] of per) {
      const h = Math.max((n / most) * (rowHeight - 6), 2);
      const left = Math.max(px, gutter), right = Math.min(px + w, wide);
      if (right > left) g.fillRect(left, y + rowHeight - 3 - h, right - left, h);
    }
  }

  // ticksOfMarks draws the evidence, the worst of each pixel and lane.
  private ticksOfMarks(g: CanvasRenderingContext2D, wide: number): void {
    const y = new Map<number, number>();
    this.rows.forEach((r, i) => r.kind === "lane" && y.set(r.index, axisHeight + i * rowHeight));
    const worst = new Map<number, { lane: number; x: number; sev: Severity }>();
    for (let i = lowerBound(this.shown, this.from); i < this.shown.length && this.shown[i].at <= this.to; i++) {
      const m = this.shown[i], x = Math.floor(this.x(m.at)), sev = this.d.findings![m.finding].sev;
      const key = m.lane * 100_000 + x, was = worst.get(key);
      if (!was || severities.indexOf(sev) < severities.indexOf(was.sev)) worst.set(key, { lane: m.lane, x, sev });
    }
    for (const m of worst.values()) {
      const top = y.get(m.lane);
      if (top === undefined || m.x > wide) continue;
      g.fillStyle = this.ink[m.sev];
      g.fillRect(m.x - 1, top + 2, 3, rowHeight - 4);
    }
  }

  private label(g: CanvasRenderingContext2D, text: string, x: number, y: number, color: string, strong: boolean, fromEnd = false): void {
    g.font = `${strong ? "bold " : ""}12px system-ui, 'Noto Sans CJK SC', sans-serif`;
    g.fillStyle = color;
    let s = text.length > 300 ? (fromEnd ? text.slice(-300) : text.slice(0, 300)) : text;
    const room = gutter - x - 8;
    while (s.length > 1 && g.measureText(s).width > room) s = fromEnd ? "…" + s.slice(s[0] === "…" ? 2 : 1) : s.slice(0, s.endsWith("…") ? -2 : -1) + "…";
    g.fillText(s, x, y);
  }

  private drawBrush(): void {
    const g = size(this.brush, 34);
    if (!g) return;
    const wide = this.brush.clientWidth;
    const x = (t: number) => gutter + ((t - this.low) / (this.high - this.low)) * (wide - gutter);
    for (const [i, d] of this.density.entries()) {
      if (!this.lanesShown.has(i)) continue;
      g.globalAlpha = 0.35;
      for (const b of bins(d, this.low, this.high, gutter, wide - gutter)) {
        g.fillStyle = b.err ? this.ink.error : this.ink.density;
        g.fillRect(b.x, 26, b.w, 8);
      }
    }
    g.globalAlpha = 1;
    let last = -1;
    for (const m of this.shown) { // they come by time: one a pixel is enough
      const at = Math.floor(x(m.at));
      if (at === last) continue;
      last = at;
      g.fillStyle = this.ink[this.d.findings![m.finding].sev];
      g.fillRect(at, 4, 1.5, 18);
    }
    g.fillStyle = this.ink.accent;
    g.globalAlpha = 0.18;
    g.fillRect(x(this.from), 0, Math.max(x(this.to) - x(this.from), 3), 34);
    g.globalAlpha = 1;
    g.strokeStyle = this.ink.accent;
    g.strokeRect(x(this.from) + 0.5, 0.5, Math.max(x(this.to) - x(this.from), 3) - 1, 33);
  }

  // hit says what lies below a point of the canvas.
  hit(px: number, py: number): Hit {
    const row = this.rows[Math.floor((py - axisHeight) / rowHeight)];
    if (!row || py < axisHeight || row.kind === "host") return {};
    if (row.kind === "finding") return { finding: row.index };
    const near = this.shown.filter((m) => m.lane === row.index && Math.abs(this.x(m.at) - px) <= 4);
    near.sort((a, b) => Math.abs(this.x(a.at) - px) - Math.abs(this.x(b.at) - px));
    return { lane: row.index, mark: px > gutter ? near[0] : undefined };
  }

  // findingY is the middle of a finding's row; -1 where it has none.
  findingY(index: number): number {
    const i = this.rows.findIndex((r) => r.kind === "finding" && r.index === index);
    return i < 0 ? -1 : axisHeight + (i + 0.5) * rowHeight;
  }

  private listen(): void {
    this.canvas.addEventListener("wheel", (e) => {
      e.preventDefault();
      if (e.shiftKey || Math.abs(e.deltaX) > Math.abs(e.deltaY)) {
        const d = ((e.deltaX || e.deltaY) / 800) * (this.to - this.from);
        this.window(this.from + d, this.to + d);
      } else this.zoom(Math.exp(Math.max(-1, Math.min(1, e.deltaY / 300))), this.at(Math.max(e.offsetX, gutter)));
    }, { passive: false });
    this.canvas.addEventListener("keydown", (e) => {
      const d = (this.to - this.from) / 5;
      const keys: Record<string, () => void> = {
        "+": () => this.zoom(0.6), "=": () => this.zoom(0.6), "-": () => this.zoom(1 / 0.6),
        ArrowLeft: () => this.window(this.from - d, this.to - d), ArrowRight: () => this.window(this.from + d, this.to + d),
        Home: () => this.window(this.low, this.high), "0": () => this.window(this.low, this.high),
      };
      if (keys[e.key] && !e.ctrlKey && !e.metaKey) {
        e.preventDefault();
        keys[e.key]();
      }
    });
    drag(this.canvas, (x) => ({ x, from: this.from, to: this.to }), (s, x) => {
      const d = ((x - s.x) / (this.canvas.clientWidth - gutter)) * (s.to - s.from);
      this.window(s.from - d, s.to - d);
    });
    const there = (x: number) => this.low + ((x - gutter) / (this.brush.clientWidth - gutter)) * (this.high - this.low);
    drag(this.brush, (x) => ({ a: there(x) }), (s, x) => {
      const b = there(x);
      this.window(Math.min(s.a, b), Math.max(s.a, b));
    });
    this.brush.addEventListener("dblclick", () => this.window(this.low, this.high));
  }
}

// drag follows a pointer that is held down.
function drag<S>(el: HTMLElement, begin: (x: number) => S, move: (s: S, x: number) => void): void {
  el.addEventListener("pointerdown", (e) => {
    if (e.button !== 0) return;
    const from = e.offsetX, s = begin(from);
    el.dataset.dragged = "";
    el.setPointerCapture(e.pointerId);
    const follow = (m: PointerEvent) => {
      if (Math.abs(m.offsetX - from) > 3) el.dataset.dragged = "yes";
      if (el.dataset.dragged) move(s, m.offsetX);
    };
    el.addEventListener("pointermove", follow);
    const end = () => {
      el.removeEventListener("pointermove", follow);
      el.removeEventListener("pointercancel", end);
    };
    el.addEventListener("pointerup", end, { once: true });
    el.addEventListener("pointercancel", end, { once: true });
  });
}

// size fits a canvas to its place and clears it.
function size(c: HTMLCanvasElement, high: number): CanvasRenderingContext2D | null {
  const ratio = window.devicePixelRatio || 1, wide = c.clientWidth;
  c.style.height = `${high}px`;
  c.width = Math.round(wide * ratio);
  c.height = Math.round(high * ratio);
  const g = c.getContext("2d");
  g?.setTransform(ratio, 0, 0, ratio, 0, 0);
  g?.clearRect(0, 0, wide, high);
  return g;
}

function lowerBound(all: Mark[], at: number): number {
  let lo = 0, hi = all.length;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (all[mid].at < at) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}
