// The table of the events that were kept, in step with what the timeline shows.
// Only the rows that can be seen are on the page.

import { Data, Kept, levels } from "./data";
import { fill } from "./filters";
import { Times } from "./times";

const rowHeight = 22;
const mostHigh = 8_000_000; // what browsers draw of one element

export class Events {
  private shown: number[] = [];
  private wanted: (i: number) => boolean = () => true;
  private inner = document.createElement("div");
  private from = 0;
  private to = 0;

  constructor(
    private box: HTMLElement,
    private head: HTMLElement,
    private d: Data,
    private kept: Kept,
    private times: Times,
    private word: (key: string) => string,
    private chosen: (i: number) => void,
  ) {
    this.inner.className = "rows";
    box.replaceChildren(this.inner);
    box.hidden = head.hidden = kept.n === 0;
    box.addEventListener("scroll", () => this.rows());
    box.addEventListener("click", (e) => {
      const row = (e.target as HTMLElement).closest<HTMLElement>("[data-row]");
      if (row) this.chosen(Number(row.dataset.row));
    });
  }

  // filter chooses the events that are listed.
  filter(wanted: (i: number) => boolean): void {
    this.wanted = wanted;
    this.show(this.from, this.to);
  }

  // show lists what lies between two times.
  show(from: number, to: number): void {
    this.from = from;
    this.to = to;
    if (!this.kept.n) return;
    this.shown = [];
    for (let i = this.kept.first(from); i < this.kept.n && this.kept.at[i] <= to; i++) if (this.wanted(i)) this.shown.push(i);
    const parts = [fill(this.word("listed"), { n: this.shown.length, m: this.d.records })];
    if (this.kept.left) parts.push(fill(this.word("thinned"), { n: this.kept.left }));
    if (this.d.untimed) parts.push(fill(this.word("untimed"), { n: this.d.untimed }));
    this.head.textContent = parts.join(" · ");
    this.inner.style.height = `${Math.min(this.shown.length * rowHeight, mostHigh)}px`;
    this.box.scrollTop = 0;
    this.rows();
  }

  private rows(): void {
    const all = this.shown.length, room = Math.ceil(this.box.clientHeight / rowHeight) + 2;
    const high = Math.min(all * rowHeight, mostHigh), below = Math.max(high - this.box.clientHeight, 1);
    const begin = Math.min(Math.floor((this.box.scrollTop / below) * Math.max(all - room + 2, 0)), Math.max(all - 1, 0));
    const rows: HTMLElement[] = [];
    for (let k = begin; k < Math.min(begin + room, all); k++) {
      const i = this.shown[k], row = document.createElement("div");
      row.className = "event";
      row.dataset.row = String(i);
      row.style.top = `${this.box.scrollTop + (k - begin) * rowHeight}px`;
      const lane = this.d.lanes?.[this.kept.lane[i]], level = levels[this.kept.level[i]] ?? "";
      const cell = (name: string, text: string) => {
        const c = document.createElement("span");
        c.className = name;
        c.textContent = c.title = text;
        row.append(c);
      };
      cell("when", this.times.full(this.kept.at[i]));
      cell(`level ${level}`, level);
      cell("from", lane ? `${tail(lane.path)}:${this.kept.line[i]}` : "");
      cell("ids", this.kept.finding[i].map((f) => this.d.findings?.[f]?.id ?? "").join(" "));
      cell("said", this.kept.text[i]);
      rows.push(row);
    }
    this.inner.replaceChildren(...rows);
  }
}

// tail keeps the end of a path, which tells it from others.
function tail(path: string): string {
  const all = [...path], most = 30;
  return all.length > most ? "…" + all.slice(-most).join("") : path;
}
