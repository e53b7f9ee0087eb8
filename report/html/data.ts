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
