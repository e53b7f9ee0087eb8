package forensic_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport is the table of packages: what of ours each may import. Arrows that
// are not here do not exist.
var mayImport = map[string][]string{
	"event":          {},
	"bundle":         {"bundle/inflate"},
	"bundle/inflate": {},
	"parsers":        {"event", "parsers/trace", "pcap"},
	"parsers/trace":  {"event"},
	"pcap":           {"event"},
	"pcap/script":    {},
	"timeline":       {"event"},
	"rules":          {"event"},
	"correlate":      {"event", "rules"},
	"redact":         {},
	"redact/pack":    {"bundle"},
	"":               {"event", "bundle", "parsers", "parsers/trace", "pcap", "timeline", "rules", "correlate", "redact", "redact/pack"},
	"report":         {"event", "correlate", "rules", "timeline", ""},
	"fixtures":       {"pcap/script"},

	"report/html/bundle":        {"report/html/bundle/script"},
	"report/html/bundle/script": {},
}

// anything names folders that may import any of ours: the command line, and
// what measures the program.
var anything = []string{"cmd", "bench", "scripts"}

// doors are the packages that may import a dependency. A dependency has one;
// the character sets have two, since members have names before they have text.
var doors = map[string][]string{
	"github.com/google/gopacket":     {"pcap"},
	"github.com/hpcloud/tail":        {"bundle"},
	"github.com/klauspost/compress":  {"bundle"},
	"github.com/ulikunitz/xz":        {"bundle"},
	"github.com/dlclark/regexp2":     {"rules"},
	"go.yaml.in/yaml":                {"rules"},
	"github.com/urfave/cli":          {"cmd/forensic"},
	"github.com/evanw/esbuild":       {"report/html/bundle/script"},
	"golang.org/x/term":              {"cmd/forensic"},
	"golang.org/x/text":              {"parsers", "bundle"},
	"golang.org/x/crypto/cryptobyte": {"pcap"},
	"golang.org/x/tools/txtar":       {"fixtures"},
	"html/template":                  {"report"},
	"text/template":                  {"rules", "report"},
	"unsafe":                         {"parsers"},
}

// nowhere lists what no part of the program imports: it opens no network
// connection, runs no other program, loads no plugin, and libraries do not log.
var nowhere = []string{"net", "net/http", "net/rpc", "os/exec", "plugin", "log", "log/slog", "testing"}

// except is the one file that runs a program: the command that the user gives
// with --notify, never anything found in an input.
var except = map[string]string{"cmd/forensic/follow_notify.go": "os/exec"}

type source struct {
	dir, name string
	imports   []string
}

// sources are the Go files of the program, without tests.
func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	err := fs.WalkDir(os.DirFS("."), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || p != "." && strings.HasPrefix(d.Name(), ".") || p == "bench-data") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		s := source{dir: strings.TrimPrefix(path.Dir(p), "."), name: p}
		for _, spec := range f.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			s.imports = append(s.imports, name)
		}
		out = append(out, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 50 {
		t.Fatalf("only %d files were found", len(out))
	}
	return out
}

func TestImports(t *testing.T) {
	for _, s := range sources(t) {
		free := slices.ContainsFunc(anything, func(dir string) bool { return s.dir == dir || strings.HasPrefix(s.dir, dir+"/") })
		allowed, known := mayImport[s.dir]
		if !known && !free {
			t.Errorf("%s: package %q is not in the table", s.name, s.dir)
			continue
		}
		for _, name := range s.imports {
			ours := name == "forensic" || strings.HasPrefix(name, "forensic/")
			if ours && !free && !slices.Contains(allowed, strings.TrimPrefix(strings.TrimPrefix(name, "forensic"), "/")) {
				t.Errorf("%s imports %s, which package %q may not", s.name, name, s.dir)
			}
		}
	}
}

func TestDoors(t *testing.T) {
	used := map[string]bool{}
	for _, s := range sources(t) {
		if strings.HasPrefix(s.dir, "bench") || strings.HasPrefix(s.dir, "scripts") {
			continue
		}
		for _, name := range s.imports {
			door := doorOf(name)
			external := strings.Contains(strings.Split(name, "/")[0], ".")
			switch allowed := doors[door]; {
			case slices.Contains(nowhere, name) && except[s.name] != name:
				t.Errorf("%s imports %s, which nothing may", s.name, name)
			case door == "" && external:
				t.Errorf("%s imports %s, which has no door", s.name, name)
			case allowed != nil && !slices.Contains(allowed, s.dir):
				t.Errorf("%s imports %s, whose door is %v", s.name, name, allowed)
			default:
				used[door] = true
			}
		}
	}
	for _, must := range []string{"github.com/google/gopacket", "github.com/dlclark/regexp2", "github.com/urfave/cli"} {
		if !used[must] {
			t.Errorf("nothing imports %s", must)
		}
	}
}

// doorOf returns the entry of doors that an import belongs to.
func doorOf(name string) string {
	for d := range doors {
		if name == d || strings.HasPrefix(name, d+"/") {
			return d
		}
	}
	return ""
}

// What reads input does not use bufio.Scanner: one long line would end it, and
// the lines behind would be lost.
func TestNoScanner(t *testing.T) {
	for _, s := range sources(t) {
		if !slices.Contains(s.imports, "bufio") || strings.HasPrefix(s.dir, "bench") {
			continue
		}
		text, err := os.ReadFile(s.name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "bufio.NewScanner") {
			t.Errorf("%s uses bufio.Scanner", s.name)
		}
	}
}
