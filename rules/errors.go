package rules

import (
	"fmt"
	"strings"
)

// A Problem is one thing that is wrong with a rule's file.
type Problem struct {
	File string
	Pos
	What string
}

// Error returns it as file:line:column: what.
func (p *Problem) Error() string {
	if p.Line == 0 {
		return p.File + ": " + p.What
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.What)
}

// Problems are all that is wrong, in the order of files and lines.
type Problems []*Problem

// Error returns all of them, a line each.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// unknown words the complaint about a name nobody knows, with the nearest of
// those that are known.
func unknown(what, name string, known []string) string {
	s := fmt.Sprintf("unknown %s %q", what, name)
	if near := nearest(name, known); near != "" {
		return s + fmt.Sprintf("; did you mean %q?", near)
	}
	if len(known) > 0 && len(known) <= 24 {
		return s + "; there is " + strings.Join(known, ", ")
	}
	return s
}

// nearest returns the known name that takes the fewest edits, if they are few.
func nearest(name string, known []string) string {
	best, least := "", len(name)/3+2
	for _, k := range known {
		if d := edits(name, k, least); d < least {
			best, least = k, d
		}
	}
	return best
}

// edits counts the insertions, deletions, exchanges and swaps from a to b; what
// is not below limit is not counted to its end.
func edits(a, b string, limit int) int {
	if len(a) > 200 || len(b) > 200 || len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	var before2 []int
	before := make([]int, len(b)+1)
	for j := range before {
		before[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(before[j]+1, row[j-1]+1, before[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before2[j-2]+1)
			}
		}
		before2, before = before, row
	}
	return before[len(b)]
}
