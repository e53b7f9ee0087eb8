package forensic_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"forensic"
	"forensic/bundle"
	"forensic/fixtures"
	"forensic/redact"
	packing "forensic/redact/pack"
	"forensic/report"
)

// redacted copies path, which may be a folder or a file, and returns the copy.
func redacted(t *testing.T, path string, by *redact.Redactor) (string, *forensic.Redaction) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), filepath.Base(path))
	to := &packing.Packer{Temp: t.TempDir()}
	var file bytes.Buffer
	if info.IsDir() {
		if err := os.Mkdir(out, 0o700); err != nil {
			t.Fatal(err)
		}
		if to.Folder, err = os.OpenRoot(out); err != nil {
			t.Fatal(err)
		}
		defer to.Folder.Close()
	} else {
		to.File = &file
	}
	done, err := forensic.Redact(context.Background(), path, to, by, bundle.Limits{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !info.IsDir() {
		if err := os.WriteFile(out, file.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return out, done
}

// findingsOf is the report without what speaks of the bytes of the input.
func findingsOf(t *testing.T, path string) map[string]any {
	t.Helper()
	r, err := forensic.Analyze(context.Background(), []string{path}, forensic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := report.JSON(&b, report.New(r, report.Options{Lang: "en"})); err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(b.Bytes(), &all); err != nil {
		t.Fatal(err)
	}
	kept := map[string]any{}
	for _, k := range []string{"findings", "chains", "hosts", "first", "last"} {
		kept[k] = all[k]
	}
	return kept
}

// restored puts back what the marks stand for.
func restored(t *testing.T, v any, by *redact.Redactor) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	s := string(b)
	for _, f := range by.Found() {
		value, _ := json.Marshal(f.Value)
		s = strings.ReplaceAll(s, f.Mark, string(value[1:len(value)-1]))
	}
	return s
}

// planted are lines with secrets, in formats that the program reads.
var plantedLines = []string{
	"2024-03-02 10:14:03,123 ERROR [main] c.e.app.Db - connection to jdbc:mysql://db/x?user=app&password=geheim-77 failed",
	"Mar  2 10:14:03 app-07 orders[812]: started with --token=ghp_abcdefghijklmnopqrstuvwxyz0123456789",
	`{"time":"2024-03-02T10:14:03Z","level":"error","msg":"login of bob.smith@example.com failed","password":"geheim-77"}`,
	"Authorization: Basic YXBwOmdlaGVpbS03Nw==",
}

// Findings of a copy are those of the original, but for the marks, for every
// bundle that is kept; with addresses renamed too they are those up to the names.
// Planted secrets are gone, and the input is as it was.
func TestRedactKeepsFindings(t *testing.T) {
	for _, m := range redactInputs(t) {
		t.Run(m.name, func(t *testing.T) {
			before := snapshot(t, m.path)
			original := findingsOf(t, m.path)
			by := redact.New([]byte("key"), redact.Options{})
			out, done := redacted(t, m.path, by)
			if snapshot(t, m.path) != before {
				t.Error("the input changed")
			}
			if len(done.Left) > 0 && !m.links {
				t.Errorf("left out: %v", done.Left)
			}
			if want, got := restored(t, original, by), restored(t, findingsOf(t, out), by); got != want {
				t.Errorf("findings differ: %s", firstDifference(want, got))
			}
			if m.folder {
				again, _ := redacted(t, out, redact.New([]byte("other"), redact.Options{}))
				if want, got := contents(t, out), contents(t, again); got != want {
					t.Errorf("redacting twice: %s", firstDifference(want, got))
				}
			}
			if all := contents(t, out); strings.Contains(all, "geheim") || strings.Contains(all, "ghp_abc") || strings.Contains(all, "YXBwOmd") {
				t.Error("a planted secret is in the copy")
			}
			by = redact.New([]byte("key"), redact.Options{Addresses: true})
			out, _ = redacted(t, m.path, by)
			if want, got := rulesOf(original), rulesOf(findingsOf(t, out)); got != want {
				t.Errorf("findings differ with addresses: %s", firstDifference(want, got))
			}
			sameClasses(t, by)
		})
	}
}

// sameClasses holds that private addresses stay private, and so on.
func sameClasses(t *testing.T, by *redact.Redactor) {
	t.Helper()
	for _, f := range by.Found() {
		a, err := netip.ParseAddr(f.Value)
		if err != nil || f.Kind != redact.Address {
			continue
		}
		if b := netip.MustParseAddr(f.Mark); a.IsPrivate() != b.IsPrivate() || a.IsLoopback() != b.IsLoopback() || a.IsMulticast() != b.IsMulticast() {
			t.Errorf("%s became %s", a, b)
		}
	}
}

// rulesOf tells findings by what no name of an address is part of.
func rulesOf(all map[string]any) string {
	var b strings.Builder
	list, _ := all["findings"].([]any)
	for _, f := range list {
		f := f.(map[string]any)
		line, _ := json.Marshal([]any{f["rule"], f["host"], f["count"], f["first"], f["last"], f["severity"], f["confidence"]})
		b.Write(append(line, '\n'))
	}
	return b.String()
}

type redactInput struct {
	name, path    string
	folder, links bool
}

// redactInputs are the bundles of fixtures, each with secrets planted.
func redactInputs(t *testing.T) []redactInput {
	t.Helper()
	var all []redactInput
	archives, err := filepath.Glob("fixtures/bundles/*/*.tgz")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range archives {
		all = append(all, redactInput{name: filepath.Base(path), path: path, links: true})
	}
	cases, err := fixtures.Under("fixtures/bundles")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		dir := filepath.Join(t.TempDir(), "bundle")
		if err := c.Write(dir); err != nil {
			t.Fatal(err)
		}
		for i, line := range plantedLines {
			if err := os.WriteFile(filepath.Join(dir, "planted"+string(rune('0'+i))+".log"), []byte(strings.Repeat(line+"\n", 3)), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(filepath.Join(dir, "planted"+string(rune('0'+i))+".log"), c.Modified(), c.Modified()); err != nil && !c.Modified().IsZero() {
				t.Fatal(err)
			}
		}
		all = append(all, redactInput{name: filepath.Base(filepath.Dir(c.Path)) + "-" + filepath.Base(c.Path), path: dir, folder: true})
	}
	if len(all) < 15 {
		t.Fatalf("%d bundles", len(all))
	}
	return all
}

// snapshot is all bytes and times below a path.
func snapshot(t *testing.T, path string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.Walk(path, func(p string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		data, err := os.ReadFile(p)
		b.WriteString(p + info.ModTime().String())
		b.Write(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// contents is every member below a path with its name.
func contents(t *testing.T, path string) string {
	t.Helper()
	var b strings.Builder
	for m, err := range bundle.Open(context.Background(), path, bundle.Limits{}) {
		if m == nil || err != nil {
			continue
		}
		b.WriteString("\n" + m.Path + "\n")
		if _, err := io.Copy(&b, m); err != nil {
			b.WriteString(err.Error())
		}
	}
	return b.String()
}
