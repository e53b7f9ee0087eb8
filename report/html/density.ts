// How the events of a source lie over time, step by step, joined to pixels.

import { Lane } from "./data";

export interface Density {
  low: number; // of its events; a step may begin before
  high: number;
  width: number;
  at: Float64Array;
  n: Uint32Array;
  warn: Uint32Array;
  err: Uint32Array;
}

export function densityOf(l: Lane): Density {
  const d = l.density ?? [], steps = d.length / 4;
  const out = { low: l.first ?? -Infinity, high: l.last ?? Infinity, width: l.width ?? 60_000, at: new Float64Array(steps), n: new Uint32Array(steps), warn: new Uint32Array(steps), err: new Uint32Array(steps) };
  for (let i = 0, at = 0; i < steps; i++) {
    at += d[i * 4];
    out.at[i] = at;
    out.n[i] = d[i * 4 + 1];
    out.warn[i] = d[i * 4 + 2];
    out.err[i] = d[i * 4 + 3];
  }
  return out;
}

// A Bin is what a column of pixels stands for. Steps wider than a pixel spread.
export interface Bin {
  x: number;
  w: number;
  n: number;
  warn: number;
  err: number;
}

// bins joins the steps between two times to columns of at least a pixel.
export function bins(d: Density, from: number, to: number, left: number, wide: number): Bin[] {
  const scale = wide / (to - from), out: Bin[] = [];
  for (let i = first(d, from - d.width); i < d.at.length && d.at[i] <= to; i++) {
    const begin = Math.max(d.at[i], Math.min(d.low, d.at[i] + d.width)), end = Math.max(Math.min(d.at[i] + d.width, d.high), begin);
    const a = Math.max(left + (begin - from) * scale, left), b = Math.min(left + (end - from) * scale, left + wide);
    if (b < left || a > left + wide) continue;
    const x = Math.floor(a), last = out[out.length - 1];
    if (last && x < last.x + 1) {
      last.n += d.n[i];
      last.warn += d.warn[i];
      last.err += d.err[i];
    } else out.push({ x, w: Math.max(Math.ceil(b) - x, 1), n: d.n[i], warn: d.warn[i], err: d.err[i] });
  }
  return out;
}

// first is the index of the first step that begins at a time or behind it.
export function first(d: Density, at: number): number {
  let lo = 0, hi = d.at.length;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (d.at[mid] < at) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}

// paint draws bins as bars that stand on a line, high on a scale of logarithms:
// the loud among them from below in their colours.
export function paint(g: CanvasRenderingContext2D, all: Bin[], bottom: number, high: number, ink: Record<string, string>, wash: boolean): void {
  g.globalAlpha = wash ? 0.4 : 1;
  const most = Math.log1p(all.reduce((m, b) => Math.max(m, b.n), 1));
  for (const b of all) {
    const h = Math.max((Math.log1p(b.n) / most) * high, 2);
    g.fillStyle = ink.density;
    g.fillRect(b.x, bottom - h, b.w, h);
    const err = b.err ? Math.max((b.err / b.n) * h, 2) : 0, warn = b.warn ? Math.max((b.warn / b.n) * h, 1) : 0;
    if (warn) {
      g.fillStyle = ink.warning;
      g.fillRect(b.x, bottom - Math.min(err + warn, h), b.w, Math.min(warn, h - err));
    }
    if (err) {
      g.fillStyle = ink.error;
      g.fillRect(b.x, bottom - err, b.w, err);
    }
  }
  g.globalAlpha = 1;
}
