// What the page carries for the script: the text of an element that is not run,
// base64 of gzip of JSON. Everything in it that came from an input is only ever
// drawn on a canvas or set as text.

export type Severity = "critical" | "error" | "warning" | "info";
export type Lang = "en" | "zh";
export const severities: Severity[] = ["critical", "error", "warning", "info"];

export interface Lane {
  host: string;
  path: string;
  first: number | null;
  last: number | null;
  events: number;
  loud: number;
  no_zone?: boolean;
  width?: number;
  density?: number[];
}

// A Series is a number that rules followed.
export interface Series {
  what: Record<Lang, string>;
  of?: Record<Lang, string>;
  where: string;
  at: (number | null)[];
  value: number[];
  limit: number[];
}

export interface Packed {
  left: number;
  at: number[];
  lane: number[];
  line: number[];
  level: number[];
  text: string[];
  finding: number[][];
}

export const levels = ["", "trace", "debug", "info", "notice", "warning", "error", "critical"];

// Kept are the events that a page lists, by time.
export class Kept {
  readonly n: number;
  readonly left: number;
  readonly at: Float64Array;
  readonly lane: number[];
  readonly line: number[];
  readonly level: number[];
  readonly text: string[];
  readonly finding: number[][];

  constructor(p: Packed) {
    this.n = p.at.length;
    this.left = p.left;
    this.at = new Float64Array(this.n);
    for (let i = 0, at = 0; i < this.n; i++) this.at[i] = (at += p.at[i]) / 1000;
    ({ lane: this.lane, line: this.line, level: this.level, text: this.text, finding: this.finding } = p);
  }

  // first is the index of the first event at a time or behind it.
  first(at: number): number {
    let lo = 0, hi = this.n;
    while (lo < hi) {
      const mid = (lo + hi) >> 1;
      if (this.at[mid] < at) lo = mid + 1;
      else hi = mid;
    }
    return lo;
  }

  // severity says which filter an event that belongs to no finding answers to.
  severity(i: number): Severity {
    const level = levels[this.level[i]];
    return level === "critical" || level === "error" || level === "warning" ? level : "info";
  }
}

export interface Finding {
  id: string;
  rule: string;
  sev: Severity;
  host: string;
  title: Record<Lang, string>;
  first: number | null;
  last: number | null;
  step?: number;
  start?: number | null;
  counts?: number[];
  full: boolean;
}

export interface Columns {
  id: string[] | null;
  at: (number | null)[] | null;
  lane: number[] | null;
  finding: number[] | null;
  line: number[] | null;
}

export interface Data {
  first: number | null;
  last: number | null;
  zone: string;
  shift: number;
  lanes: Lane[] | null;
  findings: Finding[] | null;
  evidence: Columns;
  left: number;
  lanes_left: number;
  records: number;
  untimed: number;
  measures: Series[] | null;
  events: Packed;
  words: Record<Lang, Record<string, string>>;
}

// A Mark is one piece of evidence on a lane.
export interface Mark {
  id: string;
  at: number;
  lane: number;
  finding: number;
  line: number;
}

export async function load(): Promise<Data> {
  const text = atob(document.getElementById("data")!.textContent!.trim());
  const packed = Uint8Array.from(text, (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text()) as Data;
}

// marks turns the columns into rows, those with a time and a place, by time.
export function marks(d: Data): Mark[] {
  const out: Mark[] = [];
  const c = d.evidence;
  for (let i = 0; i < (c.id?.length ?? 0); i++) {
    const at = c.at![i];
    if (at !== null && c.lane![i] >= 0) {
      out.push({ id: c.id![i], at, lane: c.lane![i], finding: c.finding![i], line: c.line![i] });
    }
  }
  return out.sort((a, b) => a.at - b.at);
}
