// Charts: how many records there are over time, and the numbers that rules
// followed, with their limits.

import uPlot from "./uplot/uPlot.esm.js";
import { Data, Lang, Series } from "./data";
import { Density, densityOf } from "./density";
import { gutter } from "./lanes";
import { Times, span } from "./times";

type Line = { label: string; color: string; dash?: number[]; bars?: boolean };
type Window = (from: number, to: number) => void;

export class Charts {
  private all: { plot: uPlot; box: HTMLElement }[] = [];
  private from = 0;
  private to = 1;
  private lanes: Density[];
  private step = 0; // of the records' chart
  private least = 0;
  private again = () => {};

  constructor(private d: Data, private times: Times, private lang: () => Lang, private moved: Window) {
    this.lanes = (d.lanes ?? []).map(densityOf);
  }

  // draw builds the charts anew: their words, colours and records have changed.
  draw(rate: HTMLElement | null, places: HTMLElement | null, lanes: Set<number>, from: number, to: number): void {
    for (const c of this.all) c.plot.destroy();
    this.all = [];
    this.again = () => this.draw(rate, places, lanes, this.from, this.to);
    this.from = from;
    this.to = to;
    rate?.replaceChildren();
    places?.replaceChildren();
    if (rate) this.rate(rate, lanes);
    if (places) for (const s of this.d.measures ?? []) this.measure(places, s);
  }

  // window shows another stretch of time in all charts.
  window(from: number, to: number): void {
    this.from = from;
    this.to = to;
    if (this.step && this.wide(this.least) !== this.step) return this.again();
    for (const c of this.all) c.plot.setScale("x", { min: from / 1000, max: to / 1000 });
  }

  resize(): void {
    for (const c of this.all) c.plot.setSize({ width: Math.max(c.box.clientWidth, 200), height: 130 });
  }

  // wide is how wide a step has to be for the window to have room for all.
  private wide(least: number): number {
    let step = least;
    while ((this.to - this.from) / step > 160) step *= 2;
    return step;
  }

  private rate(place: HTMLElement, lanes: Set<number>): void {
    this.least = this.lanes.reduce((w, l, i) => (lanes.has(i) && l.at.length ? Math.max(w, l.width) : w), 0);
    this.step = 0;
    if (!this.least) return;
    const width = (this.step = this.wide(this.least));
    const steps = new Map<number, [number, number, number]>();
    this.lanes.forEach((l, i) => {
      if (!lanes.has(i)) return;
      for (let k = 0; k < l.at.length; k++) {
        const at = Math.floor(l.at[k] / width), s = steps.get(at) ?? [0, 0, 0];
        s[0] += l.n[k];
        s[1] += l.warn[k];
        s[2] += l.err[k];
        steps.set(at, s);
      }
    });
    const at = [...steps.keys()].sort((a, b) => a - b);
    if (at.length < 3) return;
    const rows: number[][] = [[], [], [], []];
    let before = NaN;
    for (const t of at) { // steps without a record are zero, not a gap
      for (const gap of t - before > 1 ? (t - before > 2 ? [before + 1, t - 1] : [t - 1]) : []) rows.forEach((r, k) => r.push(k ? 0 : (gap * width) / 1000));
      const s = steps.get(t)!;
      rows[0].push((t * width) / 1000);
      for (let k = 0; k < 3; k++) rows[k + 1].push(s[k]);
      before = t;
    }
    const word = (key: string) => this.d.words[this.lang()][key];
    this.plot(place, `${word("perStep")} ${span(width)}`, rows as uPlot.AlignedData, [
      { label: word("recordsWord"), color: "--density", bars: true }, { label: word("warning"), color: "--warning", bars: true }, { label: word("error"), color: "--error", bars: true },
    ], gutter);
  }

  private measure(place: HTMLElement, s: Series): void {
    const rows: [number, number, number | null][] = [];
    s.at.forEach((at, i) => at !== null && rows.push([at / 1000, s.value[i], s.limit[i] || null]));
    rows.sort((a, b) => a[0] - b[0]);
    if (rows.length < 2 || rows[0][0] === rows[rows.length - 1][0]) return;
    const lang = this.lang(), limited = rows.some((r) => r[2] !== null);
    const lines: Line[] = [{ label: s.what[lang] || s.what.en, color: "--info" }];
    if (limited) lines.push({ label: s.of?.[lang] || this.d.words[lang].limit, color: "--error", dash: [6, 4] });
    const data = [rows.map((r) => r[0]), rows.map((r) => r[1])] as (number | null)[][];
    if (limited) data.push(rows.map((r) => r[2]));
    this.plot(place, `${s.what[lang] || s.what.en}${s.where ? " · " + s.where : ""}`, data as uPlot.AlignedData, lines);
  }

  private plot(place: HTMLElement, title: string, data: uPlot.AlignedData, lines: Line[], left = 70): void {
    const style = getComputedStyle(document.documentElement), ink = (name: string) => style.getPropertyValue(name).trim();
    const box = document.createElement("figure"), caption = document.createElement("figcaption");
    caption.textContent = title;
    box.className = "chart";
    box.append(caption);
    place.append(box);
    const axis = { stroke: ink("--dim"), grid: { stroke: ink("--line"), width: 1 }, ticks: { stroke: ink("--line"), width: 1 }, font: "11px system-ui, sans-serif" };
    const plot = new uPlot({
      width: Math.max(box.clientWidth, 200), height: 130, padding: [8, 0, 0, 0],
      scales: { x: { time: true, auto: false, range: () => [this.from / 1000, this.to / 1000] }, y: { range: (_u: uPlot, _low: number, high: number) => [0, high > 0 ? high * 1.1 : 1] } },
      axes: [
        { ...axis, space: 110, values: (u: uPlot, ticks: number[]) => ticks.map((t) => this.times.show(t * 1000, (u.scales.x.max! - u.scales.x.min!) * 1000)) },
        { ...axis, size: left, values: (_u: uPlot, ticks: number[]) => ticks.map((v) => v.toLocaleString("en")) },
      ],
      series: [
        { label: this.d.words[this.lang()].times, value: (_u: uPlot, v: number) => (v == null ? "" : this.times.full(v * 1000)) },
        ...lines.map((l) => ({
          label: l.label, stroke: ink(l.color), fill: l.bars ? ink(l.color) : undefined, width: l.bars ? 0 : 1.5, dash: l.dash, spanGaps: true,
          points: { show: !l.bars && data[0].length < 80, size: 5 },
          paths: l.bars ? uPlot.paths.bars({ align: 1, size: [1, Infinity], gap: 1 }) : l.dash ? uPlot.paths.stepped({ align: 1 }) : undefined,
        })),
      ],
      cursor: { drag: { x: true, y: false, setScale: false } },
      legend: { live: true },
      hooks: {
        setSelect: [(u: uPlot) => {
          if (u.select.width < 3) return;
          const a = u.posToVal(u.select.left, "x") * 1000, b = u.posToVal(u.select.left + u.select.width, "x") * 1000;
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          this.moved(a, b);
        }],
      },
    }, data, box);
    this.all.push({ plot, box });
  }
}
