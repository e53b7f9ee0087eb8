package rules

import (
	"slices"
	"testing"
)

// A text that is missing in Chinese falls back to English, and is named; a
// command or a setting is the same in both languages.
func TestUntranslated(t *testing.T) {
	for _, c := range []struct {
		zh   string
		want []string
	}{
		{"zh: {title: 标题, say: 说, because: 因为}", nil},
		{"zh: {title: 标题, say: 说}", []string{"because"}},
		{"", []string{"title", "because"}},
	} {
		r, problems := Read("x/a", "x/a.yaml", []byte(`
title: Something that happens now and then
severity: warning
select: {a: {kind: app.message}}
match: {any: a}
say: '{{.Count}} times'
because: It is because of something else that happened.
avoid: [{do: net.ipv4.tcp_tw_recycle = 1, why: kernel.sem}]
`+c.zh))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if got := r.Untranslated(); !slices.Equal(got, c.want) {
			t.Errorf("%q: got %q, want %q", c.zh, got, c.want)
		}
	}
}

// Every embedded rule speaks both languages.
func TestBuiltinUntranslated(t *testing.T) {
	rs, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for i := range rs {
		if missing := rs[i].Untranslated(); len(missing) > 0 {
			t.Errorf("%s: no Chinese text for %q", rs[i].Name, missing)
		}
	}
}
