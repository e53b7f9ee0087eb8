// Which findings and lanes are shown. Each choice says how many findings would
// be left by it, all other choices standing.

import { Data, Kept, Lang, Severity, severities } from "./data";

export type Field = "host" | "source" | "rule";
export const fields: Field[] = ["host", "source", "rule"];

export class Filters {
  text = "";
  off = new Set<Severity>();
  only: Record<Field, string> = { host: "", source: "", rule: "" };
  private texts: string[] = [];
  private values: Record<Field, Set<string>>[] = [];

  constructor(private d: Data) {
    for (const f of d.findings ?? []) {
      const article = document.getElementById(f.id);
      this.texts.push([f.id, f.rule, f.host, f.title.en, f.title.zh, article?.textContent ?? ""].join("\n").toLowerCase());
      this.values.push({ host: new Set(f.host ? [f.host] : []), source: new Set(), rule: new Set([f.rule]) });
    }
    const e = d.evidence;
    for (let i = 0; i < (e.id?.length ?? 0); i++) {
      const lane = d.lanes?.[e.lane![i]];
      if (!lane) continue;
      this.values[e.finding![i]].source.add(lane.path);
      if (lane.host) this.values[e.finding![i]].host.add(lane.host);
    }
  }

  // options lists the values of a field.
  options(field: Field): string[] {
    const all = new Set<string>();
    for (const v of this.values) for (const s of v[field]) all.add(s);
    if (field === "host") for (const l of this.d.lanes ?? []) if (l.host) all.add(l.host);
    return [...all].sort();
  }

  // passes says whether a finding is shown, one field or the severities aside.
  private passes(i: number, aside?: Field | "severity"): boolean {
    const f = this.d.findings![i];
    if (aside !== "severity" && this.off.has(f.sev)) return false;
    if (this.text && !this.text.toLowerCase().split(/\s+/).every((word) => this.texts[i].includes(word))) return false;
    return fields.every((field) => field === aside || !this.only[field] || this.values[i][field].has(this.only[field]));
  }

  count(field: Field, value: string): number {
    return this.values.filter((v, i) => v[field].has(value) && this.passes(i, field)).length;
  }

  countSeverity(sev: Severity): number {
    return (this.d.findings ?? []).filter((f, i) => f.sev === sev && this.passes(i, "severity")).length;
  }

  findings(): Set<number> {
    return new Set((this.d.findings ?? []).map((_, i) => i).filter((i) => this.passes(i)));
  }

  // lanes are those of the chosen host and source; without a choice, all.
  lanes(): Set<number> {
    const out = new Set<number>();
    for (const [i, l] of (this.d.lanes ?? []).entries()) {
      if ((!this.only.host || l.host === this.only.host) && (!this.only.source || l.path === this.only.source)) out.add(i);
    }
    return out;
  }

  // event tells whether an event is listed: by its findings, or by itself where
  // it belongs to none.
  event(k: Kept, visible: Set<number>): (i: number) => boolean {
    const lanes = this.lanes(), words = this.text.toLowerCase().split(/\s+/).filter(Boolean);
    return (i) => {
      if (k.lane[i] < 0 ? this.only.host || this.only.source : !lanes.has(k.lane[i])) return false; // beyond the lanes there is room for
      const of = k.finding[i];
      if (this.only.rule && !of.some((f) => this.d.findings?.[f]?.rule === this.only.rule)) return false;
      if (of.length ? !this.text && !of.some((f) => visible.has(f)) : this.off.has(k.severity(i))) return false;
      if (!words.length) return true;
      const text = (k.text[i] + "\n" + (this.d.lanes?.[k.lane[i]]?.path ?? "")).toLowerCase();
      return words.every((w) => text.includes(w));
    };
  }

  reset(): void {
    this.text = "";
    this.off = new Set();
    this.only = { host: "", source: "", rule: "" };
  }
}

// fill puts numbers into a sentence.
export function fill(sentence: string, values: Record<string, string | number>): string {
  return sentence.replace(/\{(\w+)\}/g, (all, name: string) => (name in values ? String(values[name]) : all));
}

export function langNow(): Lang {
  const on = (id: string) => (document.getElementById(id) as HTMLInputElement).checked;
  if (on("lang-zh")) return "zh";
  if (on("lang-en")) return "en";
  return document.documentElement.lang === "zh" ? "zh" : "en";
}

export { severities };
