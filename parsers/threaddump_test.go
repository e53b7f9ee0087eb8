package parsers_test

import (
	"context"
	"strings"
	"testing"
	"unicode/utf16"

	"forensic/fixtures"
	"forensic/parsers"
)

// TestThreaddumpInUTF16 reads what jstack's output becomes when PowerShell
// redirects it.
func TestThreaddumpInUTF16(t *testing.T) {
	c, err := fixtures.Load(formatsDir + "/threaddump/jstack.txtar")
	if err != nil {
		t.Fatal(err)
	}
	read := func(data []byte) (all []string) {
		format, _ := parsers.Detect("dump.txt", data)
		if format.Name != "threaddump" {
			t.Fatalf("taken for %q", format.Name)
		}
		var d digest
		f := fixtures.File{Name: "dump.txt", Data: data}
		if err := format.Parse(context.Background(), input(f, c, d.note), d.note); err != nil {
			t.Fatal(err)
		}
		for _, s := range d { // without the spans, which count bytes
			kind, _, _ := strings.Cut(s, " ")
			_, attrs, _ := strings.Cut(s, "[")
			attrs, _, _ = strings.Cut(attrs, "]")
			all = append(all, kind+attrs)
		}
		return all
	}
	for _, f := range c.Files {
		wide := []byte{0xff, 0xfe}
		for _, u := range utf16.Encode([]rune(strings.ReplaceAll(string(f.Data), "\n", "\r\n"))) {
			wide = append(wide, byte(u), byte(u>>8))
		}
		got, want := read(wide), read(f.Data)
		if strings.Join(got, "\n") != strings.Join(want, "\n") || len(want) == 0 {
			t.Errorf("%s: %d events, want %d:\n%s\n%s", f.Name, len(got), len(want), strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}
