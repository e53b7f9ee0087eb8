// Times as people read them: in the zone of the incident, in UTC, or counted
// from its beginning.

export type Mode = "zone" | "utc" | "relative";

export class Times {
  mode: Mode = "zone";
  private written = new Map<Element, string>();

  constructor(private shift: number, private origin: number) {
    for (const t of document.querySelectorAll("time")) this.written.set(t, t.textContent ?? "");
  }

  // set changes every time on the page.
  set(mode: Mode): void {
    this.mode = mode;
    for (const [t, text] of this.written) {
      const utc = t.getAttribute("datetime") ?? "";
      const at = Date.parse(utc);
      if (mode === "utc") t.textContent = utc.replace("T", " ");
      else if (mode === "relative" && !Number.isNaN(at)) t.textContent = this.relative(at);
      else t.textContent = text;
    }
  }

  // show words a time, as fine as a window of that width needs.
  show(at: number, width: number): string {
    if (this.mode === "relative") return this.relative(at);
    const text = new Date(at + (this.mode === "zone" ? this.shift * 1000 : 0)).toISOString().replace("T", " ").replace("Z", "");
    if (width < 5_000) return text.slice(11);
    if (width < 3_600_000 * 6) return text.slice(11, 19);
    if (width < 86_400_000 * 2) return text.slice(5, 16);
    return text.slice(0, width < 86_400_000 * 30 ? 16 : 10);
  }

  full(at: number): string {
    if (this.mode === "relative") return this.relative(at);
    return new Date(at + (this.mode === "zone" ? this.shift * 1000 : 0)).toISOString().replace("T", " ").replace("Z", "") + (this.mode === "utc" ? "Z" : "");
  }

  private relative(at: number): string {
    const d = at - this.origin;
    return (d < 0 ? "−" : "+") + span(Math.abs(d));
  }
}

// span words a length of time.
export function span(ms: number): string {
  if (ms < 1000) return `${Math.round(ms * 1000) / 1000}ms`;
  const s = ms / 1000;
  if (s < 60) return `${s.toFixed(3).replace(/\.?0+$/, "")}s`;
  if (s < 3600 && s % 60 === 0) return `${s / 60}min`;
  const pad = (n: number) => String(Math.floor(n)).padStart(2, "0");
  const days = Math.floor(s / 86400);
  return `${days ? days + "d " : ""}${days || s >= 3600 ? pad((s % 86400) / 3600) + ":" : ""}${pad((s % 3600) / 60)}:${pad(s % 60)}`;
}

const steps = [0.001, 0.01, 0.1, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5, 72e5, 108e5, 216e5, 432e5, 864e5, 1728e5, 6048e5, 26784e5, 316224e5];

// ticks chooses round places for an axis.
export function ticks(from: number, to: number, most: number, shift: number): number[] {
  const step = steps.find((s) => (to - from) / s <= most) ?? (to - from) / most;
  const out: number[] = [];
  for (let t = Math.ceil((from + shift) / step) * step - shift; t <= to && out.length <= most + 1; t += step) out.push(t);
  return out;
}
