package report

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"forensic/rules"
)

func textOf(t *testing.T, r *Report, s Style) string {
	t.Helper()
	var b bytes.Buffer
	if err := Text(&b, r, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// golden compares with a file of testdata; UPDATE=1 writes it anew.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; got:\n%s", path, got)
	}
}

func TestText(t *testing.T) {
	golden(t, "text.en.txt", textOf(t, New(sample(), Options{}), Style{}))
	golden(t, "text.zh.txt", textOf(t, New(sample(), Options{Lang: "zh"}), Style{}))
	golden(t, "text.narrow.txt", textOf(t, New(sample(), Options{}), Style{Width: 60}))
}

func TestTextWithoutFindings(t *testing.T) {
	quiet := sample()
	quiet.Findings, quiet.Chains, quiet.NotRun, quiet.Skipped, quiet.Limits = nil, nil, nil, nil, nil
	quiet.Members = 3
	quiet.Coverage[0].ByLevel[7] = 12
	golden(t, "text.quiet.txt", textOf(t, New(quiet, Options{}), Style{}))
	quiet.Complete = false
	got := textOf(t, New(quiet, Options{}), Style{})
	if !strings.Contains(got, "INTERRUPTED") {
		t.Errorf("an interrupted run does not say so:\n%s", got)
	}
}

func TestSeverityFloor(t *testing.T) {
	r := New(sample(), Options{Severity: rules.Error})
	if len(r.Findings) != 1 || r.Hidden != 1 || len(r.Chains) != 0 || r.Findings[0].Explains != nil {
		t.Errorf("%d findings, %d hidden, %d chains, explains %v", len(r.Findings), r.Hidden, len(r.Chains), r.Findings[0].Explains)
	}
}

var colour = regexp.MustCompile("\x1b\\[[0-9;]*m")

// Colours change nothing but colours, and no line is wider than it may be.
func TestTextWidthAndColour(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		for _, columns := range []int{40, 60, 80, 100, 160} {
			r := New(sample(), Options{Lang: lang})
			plain := textOf(t, r, Style{Width: columns})
			if coloured := colour.ReplaceAllString(textOf(t, r, Style{Width: columns, Color: true}), ""); coloured != plain {
				t.Errorf("%s %d: colours change the text", lang, columns)
			}
			for line := range strings.Lines(plain) {
				if w := width(strings.TrimSuffix(line, "\n")); w > columns && columns >= 80 {
					t.Errorf("%s: a line takes %d of %d columns: %s", lang, w, columns, line)
				}
			}
		}
	}
}

// Nothing that came from an input reaches the terminal as anything but text.
func TestHostileText(t *testing.T) {
	for _, s := range slices.Concat(hostile, hostileTogether()) {
		r := New(sample(), Options{})
		poison(reflect.ValueOf(r).Elem(), s)
		r.Lang = "en"
		for _, style := range []Style{{}, {Verbose: true, Width: 60}} {
			for _, c := range textOf(t, r, style) {
				if hidden(c) && c != '\n' || c == '\t' {
					t.Fatalf("%q: the text holds %q", s, c)
				}
			}
		}
	}
}

// Every sentence exists in every language.
func TestWordsAreComplete(t *testing.T) {
	for name, w := range map[string]words{"en": english, "zh": chinese} {
		v := reflect.ValueOf(w)
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				t.Errorf("%s has no %s", name, v.Type().Field(i).Name)
			}
		}
	}
}
