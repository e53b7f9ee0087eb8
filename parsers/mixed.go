package parsers

import (
	"context"
	"fmt"
	"strings"
)

// Several formats one after another in one small file, perhaps with prose
// between them: a write-up into which logs and outputs were pasted, outputs that
// were appended to each other without their commands. It is cut at blank lines;
// each part is read by the format it is in, as a source of its own.
//
// It is asked only where no format takes the whole (see Detect), and only of
// what fits a head: nothing of a large member is left unread because of it.
var _ = add(Format{
	Name:  "mixed",
	Doc:   "Several formats in one small text, with prose between them or not.",
	Sniff: func([]byte) Score { return Score{0, "asked where no format takes the whole"} },
	Parse: mixedParse,
})

// mixedBelow is how unsure the best format must be before a text is taken for a
// mixture.
const mixedBelow = 0.6

func mixedParse(ctx context.Context, in *Input, emit Emit) error {
	sh := &shell{snapshot: readSnapshot(ctx, in, emit), taken: in.Taken}
	sh.unfit = "text that no format takes is not read"
	for _, p := range mixedParts(sh) {
		sh.read(shellPrompt{}, "", p.from, p.to)
	}
	return sh.close()
}

// mixedScore is the share of lines in parts that some format takes.
func mixedScore(head []byte) Score {
	in := &Input{Reader: strings.NewReader(string(head))}
	sh := &shell{snapshot: readSnapshot(context.Background(), in, nil)}
	taken, lines, names := 0, 0, map[string]bool{}
	for i := range sh.n() {
		if strings.TrimSpace(sh.line(i)) != "" {
			lines++
		}
	}
	parts := mixedParts(sh)
	for _, p := range parts {
		taken += p.to - p.from
		names[p.format] = true
	}
	if len(parts) > 0 && blank(sh, 0, parts[0].from) && onlyLogs(names) {
		return Score{0, "one log, whose records have lines of their own"}
	}
	if len(parts) > 4*len(names)+2 {
		return Score{0, "one text whose lines look like several formats in turn"}
	}
	delete(names, "text")
	if len(names) == 0 || len(parts) < 2 && taken*2 > lines {
		return Score{0, "no mixture"}
	}
	return Score{mixedBelow * float64(taken) / float64(lines), fmt.Sprintf("%d parts, %d of %d lines, in formats of their own", len(parts), taken, lines)}
}

// onlyLogs tells whether nothing but logs of applications was found, which one
// reader takes in any mixture.
func onlyLogs(names map[string]bool) bool {
	for name := range names {
		if name != "application" && name != "text" {
			return false
		}
	}
	return true
}

// A mixedPart is a run of lines in one format.
type mixedPart struct {
	from, to int
	format   string
}

// mixedParts finds the parts that a format takes: paragraphs, and where one is
// taken by none, its lines. Neighbours in one format are one part.
func mixedParts(sh *shell) []mixedPart {
	var parts []mixedPart
	for from := 0; from < sh.n(); {
		if blank(sh, from, from+1) {
			from++
			continue
		}
		to := from
		for to < sh.n() && !blank(sh, to, to+1) {
			to++
		}
		if whole := from == 0 && to == sh.n(); whole || !mixedPartOf(sh, &parts, from, to) {
			for i := from; i < to && to-from > 1; i++ {
				mixedPartOf(sh, &parts, i, i+1)
			}
		}
		from = to
	}
	return parts
}

// mixedPartOf adds lines [from, to) to the parts, if a format takes them.
func mixedPartOf(sh *shell, parts *[]mixedPart, from, to int) bool {
	text := sh.text[sh.start(from):sh.lines[to-1].end]
	f, _, ok := sh.choose("", []byte(text[:min(len(text), HeadSize)]))
	// One line that is no record of a log may be a sentence of the prose.
	if !ok || f.Name == "mixed" || to-from == 1 && f.Lines == nil {
		return false
	}
	if n := len(*parts); n > 0 && (*parts)[n-1].format == f.Name && f.Lines != nil && blank(sh, (*parts)[n-1].to, from) {
		(*parts)[n-1].to = to
	} else {
		*parts = append(*parts, mixedPart{from, to, f.Name})
	}
	return true
}

func blank(sh *shell, from, to int) bool {
	for i := from; i < to; i++ {
		if strings.TrimSpace(sh.line(i)) != "" {
			return false
		}
	}
	return true
}
