package report

import (
	"os"
	"slices"
	"strings"
)

// openings are what a hostile text may stand behind, so that it is tried at the
// beginning of a line, in a quotation, a tag, a table, a list, a comment.
var openings = []string{
	"", " ", "\t", "a ", "\n", "\r\n", `"`, "'", "`", "``", "|", "> ", "# ", "- ", "1. ", "<!--", "]]>", `\`, "</a>", "x\x00", "\ufeff", "，", "=", "[", "<", "&",
}

// hostileMore are texts that programs which read our outputs have given a
// meaning to: terminals, spreadsheets, Markdown, diagrams, templates, shells.
var hostileMore = []string{
	"\x1b]0;title\x07", "\x1b]8;;https://example.com\x1b\\link\x1b]8;;\x1b\\", "\x1b]52;c;cm0gLXJm\x07", "\x1b[2J\x1b[H", "\x1bP1$r0m\x1b\\", "\x9b31m", "\x9d0;t\x9c", "\x85next", "\x0e\x0f", "\b\b\bhidden", "\x7f",
	"=1+1", "=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠A", `=HYPERLINK("http://example.com","x")`, "  =1", "\u00a0=1", "\u3000=1", `";=1`,
	"[x](javascript:alert(1))", "![x](http://example.com/a.png)", "[x]: http://example.com", "<http://example.com>", "http://example.com/a", "www.example.com", "a@example.com", "[[x]]", "[^1]", "[^1]: x", "| a | b |\n| --- | --- |\n| c | d |", "```\nx\n```", "~~~\nx\n~~~",
	"    code", "Setext\n======", "---", "***", "___", "* * *", "**b**", "__b__", "~~s~~", "- [ ] x", "&nbsp;", "&copy;", "&#x3c;b&#x3e;", "\\<b>", "$$x$$", ":smile:", "@user", "#1", "{.class}", "{% raw %}", "<details>",
	"%%{init: {'theme':'dark'}}%%", "click A href \"javascript:alert(1)\"", "A-->B", "section x", ";;", "end", "loop x", "Note over A: x", "participant A as B", ": crit, 0, 1",
	"{{.}}", "{{define \"x\"}}{{end}}", "${x}", "$(x)", "`x`", "%s%n%d", "%00", "..\\..\\x", "../../etc/passwd", "C:\\x", "\\\\host\\x", "-o", "--help", "; rm x", "| cat", "&& x", "\x00", "a\x00b",
	`{"a":1}`, `","a":"b`, "\\u0000", `\"`, "]}", "null", "9007199254740993", "1e999", "NaN", "\ud7ff", "\xed\xa0\x80", "\xc0\xaf", "\xf5\x80\x80\x80", "\xff\xfe", "\xe2\x80", "é", "e\u0301", "\u200b", "\u200d", "\u2060", "\u202a\u202b\u202d\u202e", "\u2066\u2067\u2068\u2069", "\u061c", "\U000e0041", "\ufe0f", "\u115f\u1160\u3164\uffa0", "\u2028\u2029", "\u0085",
	"2024-01-01T00:00:00Z", "TODO", "F1", "E1", "#F1", "data:text/html;base64,PHNjcmlwdD4=", "javascript:/*--></title></style></textarea></script><svg/onload='+/\"/+/onmouseover=1/+/[*/[]/+alert(1)//'>", "<svg><script>alert&#40;1)</script>", "<math href=javascript:alert(1)>", "<a href='&#x6a;avascript:alert(1)'>", "<body onload=alert(1)>", "<style>@import'//example.com'</style>", "<object data=//example.com>", "<embed src=//example.com>", "<video src=x onerror=alert(1)>", "<input autofocus onfocus=alert(1)>", "<marquee onstart=alert(1)>", "</pre></code></td></table>", "<title>", "<frameset>", "<xmp>", "<![if IE]>", "<%x%>", "<?php x ?>", "<b", "b>", "</", "<!", "<?", "&#", "&#x", "&a",
}

// allHostile are some thousand texts: each of the lists behind each opening.
func allHostile() []string {
	base := slices.Concat(hostileMarkup[:len(hostileMarkup)-2], hostileMore) // the last two are long, and stand below
	seen := map[string]bool{}
	var all []string
	for _, o := range openings {
		for _, s := range base {
			if s = o + s; !seen[s] {
				seen[s] = true
				all = append(all, s)
			}
		}
	}
	return append(all, hostileMarkup[len(hostileMarkup)-2:]...)
}

// everyHostile is all there is.
func everyHostile() []string { return slices.Concat(hostile, allHostile()) }

// hostileTogether are the same for tests that need long for each: so many in
// one text, and with SOAK each by itself.
func hostileTogether() []string {
	all := allHostile()
	if os.Getenv("SOAK") != "" {
		return all
	}
	var out []string
	for some := range slices.Chunk(all, 200) {
		out = append(out, strings.Join(some, "\n"), strings.Join(some[:min(len(some), 8)], " "))
	}
	return out
}

// hostileOnALine are the same without line breaks and with a letter at the end:
// a page rightly has more rows for more lines, and a stop behind a sentence.
func hostileOnALine() []string {
	all := hostileTogether()
	for i, s := range all {
		all[i] = strings.NewReplacer("\r", " ", "\n", " ").Replace(s) + "x"
	}
	return all
}
