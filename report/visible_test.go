package report

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestVisible(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"plain text, with\ttab", "plain text, with\ttab"},
		{"连接失败 café ± →", "连接失败 café ± →"},
		{"\x1b]0;title\x07", `\x1b]0;title\x07`},
		{"a\rb\x00\x7f", `a\x0db\x00\x7f`},
		{"c1 \u009b31m \u0085", `c1 \u009b31m \u0085`},
		{"turn \u202etxt.exe \u2066x\u2069", `turn \u202etxt.exe \u2066x\u2069`},
		{"zero\u200bwidth\ufeff\u00ad", `zero\u200bwidth\ufeff\u00ad`},
		{"tag \U000e0041 line\u2028", `tag \U000e0041 line\u2028`},
		{"bad \xff\xc3( end\xe4\xbd", `bad \xff\xc3( end\xe4\xbd`},
		{"two\nlines", `two\x0alines`},
	} {
		if got := Visible(c.in); got != c.want {
			t.Errorf("Visible(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func FuzzVisible(f *testing.F) {
	f.Add("\x1b[31m")
	f.Add("a\u202eb\xff\U000e0020")
	f.Add("连接失败")
	f.Fuzz(func(t *testing.T, s string) {
		got := Visible(s)
		if !utf8.ValidString(got) {
			t.Errorf("Visible(%q) = %q is not UTF-8", s, got)
		}
		for _, r := range got {
			if hidden(r) {
				t.Errorf("Visible(%q) = %q holds %q", s, got, r)
			}
		}
		if Visible(got) != got {
			t.Errorf("Visible(%q) changes when shown again", s)
		}
		var back string
		text := appendJSON(nil, s)
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatalf("appendJSON(%q) = %s: %v", s, text, err)
		}
		if want := strings.ToValidUTF8(s, "\ufffd"); back != want && utf8.ValidString(s) {
			t.Errorf("appendJSON(%q) reads back as %q", s, back)
		}
		for _, r := range string(text) {
			if hidden(r) {
				t.Errorf("appendJSON(%q) = %s holds %q", s, text, r)
			}
		}
	})
}
