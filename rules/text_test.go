package rules

import "testing"

func TestUnfold(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"one\ntwo\n  three\n", "one two three"},
		{"one  two\n\n\n  three", "one two\n\nthree"},
		{"连接\n失败，\n  之后\nabc\n再", "连接失败，之后 abc 再"},
		{"{{if .a}}\nx\n{{end}}", "{{if .a}} x {{end}}"},
	} {
		if got := unfold(c.in); got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
}

func TestReadNumber(t *testing.T) {
	for _, c := range []struct {
		in   string
		want float64
		ok   bool
	}{
		{"5000", 5000, true}, {" 1,020", 1020, true}, {"93%", 93, true}, {"1.5 s", 1.5, true}, {"-3", -3, true}, {"12.", 12, true},
		{"1,234,567 kB", 1234567, true}, {"1,5", 1, true}, {"", 0, false}, {"x1", 0, false}, {"-", 0, false}, {"1e5", 1, true}, {"0x10", 0, true},
	} {
		if got, ok := ReadNumber(c.in); got != c.want || ok != c.ok {
			t.Errorf("%q: %g %v, want %g %v", c.in, got, ok, c.want, c.ok)
		}
	}
}
