package report

import (
	"strings"
	"unicode/utf8"
)

// A Style is how a text report looks.
type Style struct {
	Width   int  // columns; 0 means 100
	Color   bool // with escapes for colours
	Verbose bool // everything, nothing folded
}

const defaultWidth = 100

// The colours a terminal has by name; what they look like is its owner's choice.
const (
	bold    = "1"
	dim     = "2"
	red     = "31"
	yellow  = "33"
	cyan    = "36"
	boldRed = "1;31"
	alarm   = "1;97;41"
)

// A printer writes lines of a text report. Columns are counted before colours
// are added, so that both with and without them the lines are the same.
type printer struct {
	b     strings.Builder
	style Style
	t     *words
	r     *Report
	zone  zone
}

// paint surrounds s with a colour, where there are any.
func (p *printer) paint(color, s string) string {
	if !p.style.Color || color == "" || s == "" {
		return s
	}
	return "\x1b[" + color + "m" + s + "\x1b[0m"
}

func severityColor(severity string) string {
	switch severity {
	case "critical":
		return alarm
	case "error":
		return boldRed
	case "warning":
		return yellow
	}
	return cyan
}

func (p *printer) severity(s string) string {
	switch s {
	case "critical":
		return p.t.Critical
	case "error":
		return p.t.Error
	case "warning":
		return p.t.Warning
	}
	return p.t.Info
}

func (p *printer) blank() { p.b.WriteByte('\n') }

// heading begins a section.
func (p *printer) heading(title, rest string) {
	p.blank()
	p.b.WriteString(p.paint(bold, title))
	if rest != "" {
		p.b.WriteString("  " + rest)
	}
	p.blank()
}

// para writes untrusted text, wrapped, behind so many blanks.
func (p *printer) para(indent int, text string) { p.colored("", indent, text) }

func (p *printer) colored(color string, indent int, text string) {
	p.hanging(color, strings.Repeat(" ", indent), indent, text)
}

// hanging writes a first line behind a label and the others below its text.
func (p *printer) hanging(color, label string, indent int, text string) {
	first := true
	for paragraph := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		for _, line := range wrap(shown(strings.TrimRight(paragraph, "\r")), p.style.Width-indent) {
			if !first {
				label = strings.Repeat(" ", indent)
			}
			first = false
			p.b.WriteString(label)
			p.b.WriteString(p.paint(color, line))
			p.blank()
		}
	}
	if first && strings.TrimSpace(label) != "" {
		p.b.WriteString(strings.TrimRight(label, " "))
		p.blank()
	}
}

// Texts of findings stand behind a word in a column of its own.
const labelIndent, labelColumn = 4, 11

// labelled writes a text with a word before it.
func (p *printer) labelled(label, text string) { p.item(label, "", text) }

// item writes one of several texts below a word, behind a mark of its own.
func (p *printer) item(label, mark, text string) {
	if text == "" {
		return
	}
	left := strings.Repeat(" ", labelIndent) + p.paint(dim, pad(label, labelColumn)) + mark
	p.hanging("", left, labelIndent+labelColumn+width(mark), reflow(text))
}

// reflow joins the lines that an author broke within a paragraph. A line that
// is indented or begins a list stays where it is.
func reflow(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	out := lines[0]
	for i, line := range lines[1:] {
		line = strings.TrimRight(line, " \r")
		before := lines[i]
		switch {
		case line == "" || before == "" || line[0] == ' ' || line[0] == '\t' || startsItem(line):
			out += "\n" + line
		case line != "" && endsWide(out) && beginsWide(line):
			out += line // Chinese has no blank between words
		default:
			out += " " + line
		}
	}
	return out
}

func startsItem(line string) bool {
	rest := strings.TrimLeft(line, "0123456789")
	return strings.HasPrefix(line, "- ") || strings.HasPrefix(line, "* ") || len(rest) < len(line) && strings.HasPrefix(rest, ". ")
}

func endsWide(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return runeWidth(r) == 2
}

func beginsWide(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return runeWidth(r) == 2
}

// shown makes untrusted text safe, and exchanges tabs for blanks, since what a
// tab looks like depends on where it stands.
func shown(s string) string {
	s = Visible(s)
	if strings.IndexByte(s, '\t') < 0 {
		return s
	}
	return strings.ReplaceAll(s, "\t", "    ")
}
