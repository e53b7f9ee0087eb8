// A finding as Markdown. What it quotes is escaped or fenced: it came from an
// input, and goes where somebody else's program renders it.

export function markdown(article: HTMLElement): string {
  const out: string[] = [];
  const text = (el: Element | null) => escape(((el as HTMLElement | null)?.innerText ?? "").trim());
  out.push(`### ${text(article.querySelector("h3"))}`, "");
  for (const p of article.querySelectorAll(":scope > p")) {
    if (text(p)) out.push(text(p), "");
  }
  for (const el of article.querySelectorAll(":scope > dl > *")) {
    if (el.tagName === "DT") {
      out.push(`**${text(el)}**`, "");
      continue;
    }
    const items = el.querySelectorAll(":scope > ol > li, :scope > ul > li");
    const rows = el.querySelectorAll("tr");
    if (items.length) items.forEach((li, i) => out.push(`${li.parentElement!.tagName === "OL" ? i + 1 + "." : "-"} ${text(li).replace(/\n+/g, "\n  ")}`));
    else if (rows.length) rows.forEach((tr) => out.push("- " + [...tr.children].map((c) => text(c)).filter(Boolean).join(" ")));
    else out.push(text(el));
    out.push("");
  }
  for (const q of article.querySelectorAll("figure.quote")) {
    out.push(text(q.querySelector("figcaption")), "");
    const lines = [...q.querySelectorAll(".line")].map((l) => (l.querySelector(".no")!.textContent ?? "").padStart(6) + "  " + (l.querySelector(".text") as HTMLElement).innerText);
    const longest = Math.max(2, ...lines.flatMap((l) => [...l.matchAll(/`+/g)].map((m) => m[0].length)));
    const fence = "`".repeat(longest + 1);
    out.push(fence + "text", ...lines, fence, "");
  }
  return out.join("\n");
}

function escape(s: string): string {
  return s.replace(/[\\`*_{}[\]<>()#+!|~&]/g, "\\$&").replace(/^(\s*)([-=])/gm, "$1\\$2").replace(/^(\s*\d+)\./gm, "$1\\.").replace(/:\/\//g, ":\\/\\/");
}

// copy puts a text where it can be pasted from.
export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}
