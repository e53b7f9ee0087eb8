package rules

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// maxFile is what a rule's file may hold.
const maxFile = 1 << 20

// A reader takes one file apart and collects everything that is wrong with it.
type reader struct {
	file     string
	problems Problems
}

func (r *reader) fault(n *yaml.Node, format string, args ...any) {
	r.problems = append(r.problems, &Problem{r.file, posOf(n), fmt.Sprintf(format, args...)})
}

func posOf(n *yaml.Node) Pos {
	if n == nil {
		return Pos{}
	}
	return Pos{n.Line, n.Column}
}

// document returns the one mapping a file must hold.
func (r *reader) document(data []byte) *yaml.Node {
	if len(data) > maxFile {
		r.problems = append(r.problems, &Problem{r.file, Pos{}, fmt.Sprintf("the file has %d bytes; at most %d are read", len(data), maxFile)})
		return nil
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	if err := d.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			r.problems = append(r.problems, &Problem{r.file, Pos{1, 1}, "the file holds no rule"})
		} else {
			r.problems = append(r.problems, yamlProblem(r.file, err))
		}
		return nil
	}
	var more yaml.Node
	if err := d.Decode(&more); err == nil {
		r.fault(&more, "a file holds one rule; a second document begins here")
	} else if !errors.Is(err, io.EOF) {
		r.problems = append(r.problems, yamlProblem(r.file, err))
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		r.fault(&doc, "a rule is a mapping of keys to values")
		return nil
	}
	return doc.Content[0]
}

// yamlProblem finds the line in "yaml: line 3: what".
func yamlProblem(file string, err error) *Problem {
	what := strings.TrimPrefix(err.Error(), "yaml: ")
	p := &Problem{File: file, Pos: Pos{1, 1}, What: "not YAML: " + what}
	if rest, ok := strings.CutPrefix(what, "line "); ok {
		if n, rest, ok := strings.Cut(rest, ": "); ok {
			if line, err := strconv.Atoi(n); err == nil {
				p.Line, p.What = line, "not YAML: "+rest
			}
		}
	}
	return p
}

// A field is one key of a mapping and what reads its value.
type field struct {
	key  string
	read func(*yaml.Node)
}

// mapping reads a mapping with a fixed set of keys; the rest, and what stands
// twice, is complained about. It returns where each key stands.
func (r *reader) mapping(n *yaml.Node, what string, fields []field) map[string]*yaml.Node {
	seen := map[string]*yaml.Node{}
	r.pairs(n, what, func(key, value *yaml.Node) {
		i := slices.IndexFunc(fields, func(f field) bool { return f.key == key.Value })
		if i < 0 {
			var known []string
			for _, f := range fields {
				known = append(known, f.key)
			}
			r.fault(key, "%s", unknown("key", key.Value, known))
			return
		}
		seen[key.Value] = value
		fields[i].read(value)
	})
	return seen
}

// pairs goes over a mapping of any keys.
func (r *reader) pairs(n *yaml.Node, what string, each func(key, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		r.fault(n, "%s is a mapping, not %s", what, kindOf(n))
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode {
			r.fault(key, "a key is a word, not %s", kindOf(key))
			continue
		}
		if line, twice := seen[key.Value]; twice {
			r.fault(key, "%q stands twice; first in line %d", key.Value, line)
			continue
		}
		seen[key.Value] = key.Line
		each(key, value)
	}
}

// kindOf names what a node is, for complaints.
func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias (rules do not use them)"
	case yaml.ScalarNode:
		switch n.Tag {
		case "!!int", "!!float":
			return "the number " + n.Value
		case "!!bool":
			return "the truth value " + n.Value
		case "!!null":
			return "nothing"
		case "!!timestamp":
			return "the date " + n.Value
		}
		return fmt.Sprintf("%q", n.Value)
	}
	return "empty"
}

// word reads a text. Numbers, dates and truth values must be quoted, so that
// what is read is what was written.
func (r *reader) word(to *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		switch {
		case n.Kind == yaml.ScalarNode && n.Tag == "!!str":
			*to = n.Value
		case n.Kind == yaml.ScalarNode && n.Tag != "!!null":
			r.fault(n, "a text is wanted, not %s; put it in quotes", kindOf(n))
		default:
			r.fault(n, "a text is wanted, not %s", kindOf(n))
		}
	}
}

// scalar reads any single value as it was written.
func (r *reader) scalar(n *yaml.Node) (string, bool) {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		r.fault(n, "a single value is wanted, not %s", kindOf(n))
		return "", false
	}
	return n.Value, true
}

// words reads one text or a list of them.
func (r *reader) words(to *[]string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind != yaml.SequenceNode {
			var s string
			r.word(&s)(n)
			if s != "" {
				*to = []string{s}
			}
			return
		}
		r.list(n, func(item *yaml.Node) {
			var s string
			if r.word(&s)(item); s != "" {
				*to = append(*to, s)
			}
		})
	}
}

func (r *reader) list(n *yaml.Node, each func(*yaml.Node)) {
	if n.Kind != yaml.SequenceNode {
		r.fault(n, "a list is wanted, not %s", kindOf(n))
		return
	}
	for _, item := range n.Content {
		each(item)
	}
}

func (r *reader) oneOf(what string, known []string, to func(int)) func(*yaml.Node) {
	return func(n *yaml.Node) {
		var s string
		if r.word(&s)(n); s == "" {
			return
		}
		if i := slices.Index(known, s); i >= 0 {
			to(i)
			return
		}
		r.fault(n, "%s", unknown(what, s, known))
	}
}

func (r *reader) float(to *float64) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode && (n.Tag == "!!int" || n.Tag == "!!float") {
			if f, err := strconv.ParseFloat(n.Value, 64); err == nil && f == f && f-f == 0 {
				*to = f
				return
			}
		}
		r.fault(n, "a number is wanted, not %s", kindOf(n))
	}
}

func (r *reader) whole(to *int) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode && n.Tag == "!!int" {
			if i, err := strconv.Atoi(n.Value); err == nil && i > 0 && i <= 1_000_000 {
				*to = i
				return
			}
		}
		r.fault(n, "a whole number from 1 to 1000000 is wanted, not %s", kindOf(n))
	}
}

// duration reads "500ms", "5s", "1m30s", "2h", "1d".
func (r *reader) duration(to *time.Duration) func(*yaml.Node) {
	return func(n *yaml.Node) {
		s, ok := r.scalar(n)
		if !ok {
			return
		}
		if days, isDays := strings.CutSuffix(s, "d"); isDays {
			if d, err := strconv.Atoi(days); err == nil && d > 0 && d <= 3650 {
				*to = time.Duration(d) * 24 * time.Hour
				return
			}
		}
		d, err := time.ParseDuration(s)
		if err != nil || d <= 0 || d > 3650*24*time.Hour {
			r.fault(n, "a length of time is wanted (500ms, 5s, 1m30s, 2h, 1d), not %s", kindOf(n))
			return
		}
		*to = d
	}
}

func (r *reader) pattern(to **Pattern) func(*yaml.Node) {
	return func(n *yaml.Node) {
		var s string
		if r.word(&s)(n); s == "" {
			return
		}
		p, err := Compile(s)
		if err != nil {
			r.fault(n, "%v", err)
			return
		}
		*to = p
	}
}

func (r *reader) text(to *Text) func(*yaml.Node) {
	return func(n *yaml.Node) {
		var s string
		if r.word(&s)(n); s == "" {
			return
		}
		t, err := ParseText(unfold(s))
		if err != nil {
			r.fault(n, "%v", err)
		}
		t.Pos = posOf(n)
		*to = t
	}
}
