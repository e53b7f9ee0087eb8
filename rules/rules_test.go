package rules

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"forensic/event"
)

var testKinds = []event.Kind{
	{Name: "kernel.message", Attrs: []string{"host"}},
	{Name: "sysctl.setting", Attrs: []string{"name", "value"}},
	{Name: "app.lost", Attrs: []string{"client", "session"}},
}

// good is a rule that uses most of what there is.
const good = `title: Something happens
severity: warning
confidence: {start: medium, raise: [limit]}
select:
  lost: {kind: [app.lost, kernel.message], level: warning, text: 'lost (?<what>\w+)', where: {session: {absent: true}}}
match:
  count: lost
  at_least: 10
  within: 1m
  distinct: client.host
  by: [host, what]
context:
  limit: {kind: sysctl.setting, where: {name: net.x, value: {at_least: 1, at_most: 5}}}
say: '{{.Count}} of {{.lost.client.host}}{{with .limit}}; the limit is {{.value}} ({{$.Span}}){{end}}'
because: |
  Because of
  this.
next:
  - do: Look.
    risk: None.
    verify: Look again.
avoid:
  - do: net.x = 1
    why: It harms.
    applied: {kind: sysctl.setting, where: {name: net.x, value: 1}}
ruled_out:
  - {if: limit, say: 'Not the limit, which is {{.limit.value}}'}
facts: [{name: net.x, value: limit.value}]
causes:
  - {rule: area/rule, same: [host, client.host=what], within: 5s, strength: explains}
masks: [area/rule]
clear: 1d
baseline: {times: 10}
unless: {steady: 0.1, slower: 1s}
refs: [https://example.com/a]
zh: {title: 出事了, say: '{{.Count}} 次'}
`

func TestRead(t *testing.T) {
	r, ps := Read("area/rule", "area/rule.yaml", []byte(good))
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	if ps := Check([]Rule{r}, testKinds); len(ps) > 0 {
		t.Fatal(ps)
	}
	if r.Severity != Warning || r.Trust.Start != Medium || r.Clear != 24*time.Hour || r.Match.Distinct != "client.host" {
		t.Errorf("read %+v", r)
	}
	if s := r.Select[0]; s.Level != event.Warning || s.Text == nil || len(s.Where) != 1 || !s.Where[0].Absent || s.Pos != (Pos{5, 9}) {
		t.Errorf("selection %+v", s)
	}
	if got := r.Causes[0].Same; !reflect.DeepEqual(got, []Same{{"host", "host"}, {"client.host", "what"}}) {
		t.Errorf("same %v", got)
	}
	if r.Zh.Because.Source != r.En.Because.Source || r.Zh.Title.Source != "出事了" || len(r.Zh.Next) != 1 {
		t.Errorf("zh %+v", r.Zh)
	}
	places := map[string]any{"Count": "10", "Span": "5 s", "lost": Values{"client.host": "x"}, "limit": Values(nil)}
	if got, err := r.En.Say.Fill(places); err != nil || got != "10 of x" {
		t.Errorf("say %q, %v", got, err)
	}
	places["limit"] = Values{"value": "7"}
	if got, err := r.En.Say.Fill(places); err != nil || got != "10 of x; the limit is 7 (5 s)" {
		t.Errorf("say %q, %v", got, err)
	}
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		old, new string
		want     []string // all of it, in order
	}{
		{"severity: warning", "serverity: warning", []string{`r.yaml:1:1: the rule has no "severity"`, `r.yaml:2:1: unknown key "serverity"; did you mean "severity"?`}},
		{"severity: warning", "severity: warnin", []string{`r.yaml:2:11: unknown severity "warnin"; did you mean "warning"?`}},
		{"severity: warning", "severity: warning\nseverity: error", []string{`r.yaml:3:1: "severity" stands twice; first in line 2`}},
		{"title: Something happens", "title: 2014-11-24", []string{`r.yaml:1:8: a text is wanted, not the date 2014-11-24; put it in quotes`}},
		{"title: Something happens", "title:", []string{`r.yaml:1:7: a text is wanted, not nothing`}},
		{"title: Something happens", "title: [a]", []string{`r.yaml:1:8: a text is wanted, not a list`}},
		{"kind: [app.lost, kernel.message]", "kind: [app.last, kernel.message]", []string{`r.yaml:5:9: unknown kind "app.last"; did you mean "app.lost"?`}},
		{"where: {session:", "where: {sesion:", []string{`r.yaml:5:95: unknown attribute "sesion"; did you mean "session"?; nobody declares it for app.lost, kernel.message`}},
		{`'lost (?<what>\w+)'`, `'lost (\w+'`, []string{"r.yaml:5:66: error parsing regexp: missing closing ): `lost (\\w+`"}},
		{"at_least: 10\n  within", "at_leest: 10\n  withn", []string{`r.yaml:7:3: count needs "at_least"`, `r.yaml:8:3: unknown key "at_leest"; did you mean "at_least"?`, `r.yaml:9:3: unknown key "withn"; did you mean "within"?`}},
		{"at_least: 10", "at_least: 1.5", []string{`r.yaml:8:13: a whole number from 1 to 1000000 is wanted, not the number 1.5`}},
		{"within: 1m", "within: 60", []string{`r.yaml:9:11: a length of time is wanted (500ms, 5s, 1m30s, 2h, 1d), not the number 60`}},
		{"count: lost", "count: lots", []string{`r.yaml:5:9: match does not name selection "lost"; what only enriches belongs under context`, `r.yaml:7:3: unknown selection "lots"; did you mean "lost"?`}},
		{"count: lost", "count: lost\n  any: lost", []string{`r.yaml:7:3: match wants exactly one of any, count, sequence, absence, join, growth, limit; it has 2`}},
		{"distinct: client.host", "distinct: client.hots", []string{`r.yaml:7:3: unknown attribute "client.hots"; did you mean "client.host"?`}},
		{"{{.Count}} of", "{{.Cuont}} of", []string{`r.yaml:14:6: unknown name in a text "Cuont"; did you mean "Count"?`}},
		{"{{.Count}} of", "{{range .Count}}x{{end}}", []string{`r.yaml:14:6: a text cannot hold "{{range .Count}}x{{end}}"; only if, with and values`}},
		{"{{.Count}} of", "{{.Count of", []string{`r.yaml:14:6: cannot read the text: function "of" not defined`}},
		{"{{.Count}} of", "{{printf .Count}} of", []string{`r.yaml:14:6: unknown function "printf"; there is add, div, mul, plural, sub, and, or, not, eq, ne, lt, le, gt, ge`}},
		{"{{.value}}", "{{.valeu}}", []string{`r.yaml:14:6: unknown attribute "valeu"; did you mean "value"?; nobody declares it for sysctl.setting`}},
		{"value: limit.value}]", "value: limt.value}]", []string{`r.yaml:28:8: unknown selection "limt"; did you mean "limit"?`}},
		{"rule: area/rule, same", "rule: area/ruel, same", []string{`r.yaml:30:5: unknown rule "area/ruel"; did you mean "area/rule"?`}},
		{"refs: [https:", "refs: [http:", []string{`r.yaml:35:7: a reference is an https address, not "http://example.com/a"`}},
		{"zh: {", "zh: {avoid: [], next: [{do: a}, {do: b}], ", []string{`r.yaml:36:5: zh has 2 entries under "next", English has 1; they run parallel`}},
		{"title: Something happens", "title: &a Something happens\nimpact: *a", []string{`r.yaml:2:9: a text is wanted, not an alias (rules do not use them)`}},
		{"title: Something happens", "title: x: y", []string{`r.yaml:1:1: not YAML: `}},
		{"title: Something happens", "title: a\n---\ntitle: b", []string{`r.yaml:1:1: the rule has no "severity"`}},
		{"select:", "select:\n  lost: {kind: app.lost}", []string{`r.yaml:6:3: "lost" stands twice; first in line 5`}},
		{"kind: [app.lost, kernel.message], level: warning, text: 'lost (?<what>\\w+)'", "text: 'a.b'", []string{`r.yaml:5:9: without a kind`}},
	} {
		text := strings.Replace(good, c.old, c.new, 1)
		if text == good {
			t.Errorf("%q is not in the rule", c.old)
			continue
		}
		r, ps := Read("area/rule", "r.yaml", []byte(text))
		if len(ps) == 0 {
			ps = Check([]Rule{r}, testKinds)
		}
		sortProblems(ps)
		got := strings.Split(ps.Error(), "\n")
		for i, want := range c.want {
			if i >= len(got) || !strings.HasPrefix(got[i], want) {
				t.Errorf("%s:\ngot  %s\nwant %s", c.new, strings.Join(got, "\n     "), strings.Join(c.want, "\n     "))
				break
			}
		}
	}
}

func TestDir(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("b/two.yaml", good)
	write("a/one.yml", good)
	write("a/notes.txt", "no rule")
	write("a/Bad Name.yaml", good)
	write("a/huge.yaml", strings.Repeat("#", maxFile+1))
	rs, err := Dir(dir)
	if len(rs) != 2 || rs[0].Name != "a/one" || rs[1].Name != "b/two" {
		t.Errorf("loaded %d rules", len(rs))
	}
	if err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("complaints: %v", err)
	}
	if _, err := Dir(filepath.Join(dir, "none")); err == nil {
		t.Error("a directory that does not exist is no complaint")
	}
}

func TestBuiltin(t *testing.T) {
	rs, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rs {
		for _, s := range append(r.Select, r.Context...) {
			for _, p := range []*Pattern{s.Text, s.Line} {
				if p != nil && p.Engine() == "regexp2" {
					t.Errorf("%s: %s: pattern %q needs the backtracking engine", r.Name, s.Name, p)
				}
				if p != nil && p.Literals() == nil {
					t.Errorf("%s: %s: pattern %q has no literal, so every record would be tried", r.Name, s.Name, p)
				}
			}
		}
	}
}

func FuzzRules(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("title: &a [*a, *a]\nselect: {a: {text: '(?<=a)b'}}"))
	f.Add([]byte("a: &a [x]\nb: [*a,*a,*a]\n<<: *a"))
	f.Add([]byte("select: {x: {kind: a, where: {b: {match: '(', at_least: .nan}}}}\nmatch: {sequence: [x?]}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, ps := Read("fuzz/rule", "fuzz.yaml", data)
		for _, p := range ps {
			if p.File == "" || p.What == "" || p.Line < 0 {
				t.Errorf("complaint without place or text: %#v", p)
			}
		}
		if len(ps) == 0 {
			Check([]Rule{r}, testKinds)
			if _, err := r.En.Say.Fill(map[string]any{}); err != nil {
				t.Log(err)
			}
		}
	})
}

// Literals of seven bytes and more are found together, in steps of four; one
// shorter literal costs a second look at every byte of the input.
func TestBuiltinLiteralsAreLong(t *testing.T) {
	all, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		for _, sel := range slices.Concat(r.Select, r.Context) {
			for _, p := range []*Pattern{sel.Text, sel.Line} {
				if p == nil {
					continue
				}
				for _, l := range p.Literals() {
					if len(l.Text) < 7 {
						t.Errorf("%s, %s: the filter would have to look for %q: say more of what stands around it in %s", r.Name, sel.Name, l.Text, p)
					}
				}
			}
		}
	}
}
