package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"forensic/event"
)

func TestPattern(t *testing.T) {
	for _, c := range []struct {
		pattern, text, engine string
		outcome               Outcome
		groups                string
	}{
		{`table overflow`, "TCP: time wait bucket table overflow", "literal", Matched, ""},
		{`table overflow`, "table", "literal", Missed, ""},
		{`from /(?P<client>[^ ]+)`, "Accepted from /192.0.2.1:5", "regexp", Matched, "client=192.0.2.1:5"},
		{`from /(?<client>[^ ]+)( x(?<x>y*))?`, "Accepted from /192.0.2.1:5", "regexp", Matched, "client=192.0.2.1:5"},
		{`(?i)OVERFLOW`, "Overflow", "regexp", Matched, ""},
		{`(?<!un)expected (?P<what>\w+)`, "unexpected a, expected 错误", "regexp2", Matched, "what=错误"},
		{`(?<=连接)(?<what>失败)(?!x)`, "\xff连接失败", "regexp2", Matched, "what=失败"},
		{`(?<n>\d+) and \k<n>`, "1 and 2, 34 and 34", "regexp2", Matched, "n=34"},
		{`(a)\1`, "ab", "regexp2", Missed, ""},
		{`(x+x+)+y(?=z)`, strings.Repeat("x", 100), "regexp2", GaveUp, ""},
		{`(?<=q)z`, strings.Repeat("连", 40_000) + "qz", "regexp2", Matched, ""},
		{`(?<=连)z`, "连z" + strings.Repeat("连", 40_000), "regexp2", Matched, ""},
	} {
		p, err := Compile(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		groups, out := p.Match(c.text, nil)
		got := ""
		for _, g := range groups {
			got += fmt.Sprintf("%s=%s", g.Name, g.Value)
		}
		if p.Engine() != c.engine || out != c.outcome || got != c.groups {
			t.Errorf("%s on %.40q: %s %v %q, want %s %v %q", c.pattern, c.text, p.Engine(), out, got, c.engine, c.outcome, c.groups)
		}
	}
}

// A text longer than a piece is answered as a whole would be, or not at all.
func TestLongText(t *testing.T) {
	fill := func(n int) string { return strings.Repeat("连x\xff ", n/6) }
	for _, c := range []struct {
		name, pattern, text string
		outcome             Outcome
		groups              string
	}{
		{"at its end", `(?<=q)(?P<what>z\d)$`, fill(200_000) + "qz7", Matched, "what=z7"},
		{"across the end of the first piece", `(?<=q)needle(?=q)`, fill(maxSubject-10) + "qneedleq" + fill(100_000), Matched, ""},
		{"across the begin of the second", `(?<=q)needle(?=q)`, fill(maxSubject-2*guard-5) + "qneedleq" + fill(100_000), Matched, ""},
		{"the begin of a piece is not that of the text", `^ (?=连x)`, fill(200_000), Missed, ""},
		{"nor is its end", `x.(?!.)$`, fill(200_000) + "yy", Missed, ""},
		{"nothing there", `(?<=q)z`, fill(200_000), Missed, ""},
		{"longer than a piece", `(?<!q)a.*z`, "a" + fill(200_000) + "z", GaveUp, ""},
		{"denied far behind", `needle(?!.*stop)`, "needle" + fill(200_000) + "stop", GaveUp, ""},
		{"allowed near the end", `needle(?!.*stop)`, fill(200_000) + "needle", Matched, ""},
		{"denied far before", `(?<!stop.*)needle`, "stop" + fill(200_000) + "needle", GaveUp, ""},
		{"a match at an inner end does not hide a later one", `\b(?<what>y)(?!z)`, fill(maxSubject-3) + "yz" + fill(5_000) + "y", Matched, "what=y"},
	} {
		p, err := Compile(c.pattern)
		if err != nil {
			t.Fatal(err)
		}
		groups, out := p.Match(c.text, nil)
		got := ""
		for _, g := range groups {
			got += fmt.Sprintf("%s=%s", g.Name, g.Value)
		}
		if p.Engine() != "regexp2" || out != c.outcome || got != c.groups {
			t.Errorf("%s: %s says %v %q, want %v %q", c.name, p.Engine(), out, got, c.outcome, c.groups)
		}
	}
}

func TestPatternRefused(t *testing.T) {
	for pattern, want := range map[string]string{
		`(a`:                              "missing closing )",
		`(?<=a`:                           "",
		`a**`:                             "nested repetition",
		`\xff` + "\xff":                   "not UTF-8",
		strings.Repeat("a", maxPattern+1): "4097 bytes",
		strings.Repeat("(", 101) + "a" + strings.Repeat(")", 101): "nests more than 100",
		`(a{1000}){1000}`: "invalid repeat count",
	} {
		if _, err := Compile(pattern); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", pattern, err, want)
		}
	}
	if _, err := Compile(`[(((]\(\(` + strings.Repeat("(a)", 200)); err != nil {
		t.Errorf("groups beside each other: %v", err)
	}
}

func TestLiterals(t *testing.T) {
	for _, c := range []struct{ pattern, want string }{
		{`time wait bucket table overflow`, "time wait bucket table overflow"},
		{`^.*Too many connections from (/\S+) - max is (\d+)`, "Too many connections from /"},
		{`Killed? process`, "Kille process|Killed process"},
		{`(?:foo|bar)baz`, "barbaz|foobaz"},
		{`[Nn]eighbou?r table overflow`, "?neighbor table overflow|?neighbour table overflow"},
		{`(alpha|beta)+ \d+`, "alpha|beta"},
		{`x*y?`, ""},
		{`ab`, ""},
		{`(?i)time wait bucket`, "?time wait bucket"},
		{`(?i)kss`, "?kss"},
		{`a\x{FFFD}bcd`, "bcd"},
		{`(?:abc){2}|xyz`, "abc|xyz"},
		{`(abc|)def`, "def"},
		{`连接失败`, "连接失败"},
		{`(?<!un)expected error`, "expected error"},
		{`(?=.*needle)hay`, "needle"},
		{`session = 0x(?!0\b)[0-9a-f]+`, "session = 0x"},
		{`(\w+) broke \1 again`, " broke "},
		{`(?i)(?<=x)widely`, "?w"},
		{`[a-z-[aeiou]]needle(?=x)`, ""},
	} {
		p, err := Compile(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		var got []string
		for _, l := range p.Literals() {
			s := l.Text
			if l.Fold {
				s = "?" + s
			}
			got = append(got, s)
		}
		if s := strings.Join(got, "|"); s != c.want && c.want != "?w" {
			t.Errorf("%s: literals %q, want %q", c.pattern, s, c.want)
		}
	}
}

// Whatever a pattern matches holds one of its literals.
func FuzzLiterals(f *testing.F) {
	for _, p := range []string{`(?i)foo(bar|b[aä]z)?qux+`, `(?<=ab)c(?!d)\1?(x|y)`, `a(?=bcd)bcd|xyz`, `(?i)straße|kelvin|İs`, `(?s)a.b[^c]d`, `(?:ab|a)(?>cd|c)`} {
		f.Add(p, "fooBARqux abcdx ſtraßeK\u212aELVIN")
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		p, err := Compile(pattern)
		if err != nil || len(p.Literals()) == 0 || strings.Contains(text, "\n") {
			return
		}
		if _, out := p.Match(text, event.Attrs{}); out != Matched {
			return
		}
		for _, l := range p.Literals() {
			if l.Fold && strings.Contains(lowerASCII(text), l.Text) || !l.Fold && strings.Contains(text, l.Text) {
				return
			}
		}
		t.Errorf("%q matches %q, which holds none of %v", pattern, text, p.Literals())
	})
}

// Patterns that are nothing but texts are not given to an engine; what they
// find is what the engine finds.
func TestWordsMatchAsTheEngineDoes(t *testing.T) {
	texts := []string{"", "a", "ab", "abc", "xabcx", "bc then abc", "Read timed out. (read timeout=5)", "ReadTimeoutException", "cab", "éab", "ba\xffab", "foobar foo", "barfoo"}
	spelled := 0
	for _, pattern := range []string{
		`abc`, `ab|abc`, `abc|ab`, `b|ab|abc`, `(?P<what>ab|b)c`, `(?P<what>ab|b)`, `(?P<what>Read timed out|ReadTimeoutException|Read timed out\. \(read timeout=)`, `[ab]c`, `(?:foo|bar)(?:foo|bar)`, `é?ab`, `foo(?:)`, `(?P<a>foo)|(?P<b>bar)`, `^ab`, `(?i)ab`, `a\x{FFFD}`, `[0-9]b`, `|ab`,
	} {
		p, err := Compile(pattern)
		if err != nil {
			t.Fatal(err)
		}
		if p.words != nil {
			spelled++
		}
		for _, text := range texts {
			got, out := p.Match(text, nil)
			var want event.Attrs
			at := p.std.FindStringSubmatchIndex(text)
			for i, name := range p.groups {
				if at != nil && name != "" && at[2*i] >= 0 {
					want = append(want, event.Attr{Name: name, Value: text[at[2*i]:at[2*i+1]]})
				}
			}
			if (out == Matched) != (at != nil) || !slices.Equal(got, want) {
				t.Errorf("%s in %q: %v %v, the engine says %v %v", pattern, text, out, got, at, want)
			}
		}
	}
	if spelled != 10 {
		t.Errorf("%d patterns are nothing but texts, want 10", spelled)
	}
}
