package pcap_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"forensic/event"
	"forensic/pcap"
	"forensic/pcap/script"
)

// TestFlows runs the captures written in fixtures/flows and compares what is
// told of them. UPDATE=1 in the environment rewrites the expectations.
func TestFlows(t *testing.T) {
	files, err := filepath.Glob("../fixtures/flows/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no fixtures", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { runFlow(t, file) })
	}
}

func runFlow(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(archive.Comment), "from:") {
		t.Error("the case does not say where it is from")
	}
	last := len(archive.Files) - 1
	if last < 1 || archive.Files[0].Name != "capture.pcap.script" || archive.Files[last].Name != "want" {
		t.Fatal("a case is capture.pcap.script, then want")
	}
	capture, err := script.Compile(string(archive.Files[0].Data))
	if err != nil {
		t.Fatal(err)
	}
	got := tell(t, capture)
	if os.Getenv("UPDATE") == "1" {
		archive.Files[last].Data = []byte(got)
		if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want := string(archive.Files[last].Data); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// tell reads a capture and prints its events, one a line, and its problems.
func tell(t *testing.T, capture []byte) string {
	t.Helper()
	var out strings.Builder
	declared := map[string]map[string]bool{}
	for _, k := range pcap.Kinds {
		declared[k.Name] = map[string]bool{}
		for _, a := range k.Attrs {
			declared[k.Name][a] = true
		}
	}
	sum, err := pcap.Read(context.Background(), bytes.NewReader(capture), pcap.Options{}, func(e *event.Event) error {
		if declared[e.Kind] == nil {
			t.Errorf("kind %s is not declared", e.Kind)
		}
		for _, a := range e.Attrs {
			if !declared[e.Kind][a.Name] {
				t.Errorf("%s: attribute %s is not declared", e.Kind, a.Name)
			}
		}
		describe(&out, e)
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	for _, p := range sum.Problems {
		fmt.Fprintf(&out, "problem: %s (%s, %d)\n", p.What, p.At, p.Times)
	}
	if a := sum.Account; a.Bytes != int64(len(capture)) || a.Bytes != a.Claimed+a.Unparsed+a.Skipped {
		t.Errorf("account does not close: %+v of %d bytes", a, len(capture))
	}
	return out.String()
}

func describe(out *strings.Builder, e *event.Event) {
	where := strconv.Itoa(e.Where.First)
	if e.Where.Last != e.Where.First {
		where += "-" + strconv.Itoa(e.Where.Last)
	}
	at := "----"
	if ns, ok := e.Stamp.Absolute(); ok {
		at = time.Unix(0, ns).UTC().Format("15:04:05.999999999")
	}
	fmt.Fprintf(out, "%-6s %-16s %s", where, at, e.Kind)
	for _, a := range e.Attrs.Sorted() {
		v := a.Value
		if strings.ContainsAny(v, " =\"") {
			v = strconv.Quote(v)
		}
		fmt.Fprintf(out, " %s=%s", a.Name, v)
	}
	fmt.Fprintf(out, "  | %s\n", e.Text)
}

// Every kind and attribute that is declared stands in some expectation.
func TestDeclaredIsShown(t *testing.T) {
	files, _ := filepath.Glob("../fixtures/flows/*.txtar")
	shown := map[string]bool{}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(archive.Files[len(archive.Files)-1].Data)) {
			facts, _, _ := strings.Cut(line, "  | ")
			words := strings.Fields(facts)
			if len(words) < 3 {
				continue
			}
			for _, word := range words[3:] {
				name, _, _ := strings.Cut(word, "=")
				shown[words[2]+" "+name] = true
			}
		}
	}
	for _, k := range pcap.Kinds {
		for _, a := range k.Attrs {
			if !shown[k.Name+" "+a] {
				t.Errorf("no case shows %s with %s", k.Name, a)
			}
		}
	}
}
