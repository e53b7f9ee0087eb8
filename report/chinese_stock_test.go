package report

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The sentences that packages below put into reports are in the stock: those
// that stand in their source as one text.
func TestStockIsComplete(t *testing.T) {
	teller := map[string]bool{"note": true, "say": true, "fault": true, "refuse": true, "Problem": true, "odd": true, "problem": true, "decay": true, "Sprintf": true}
	field := map[string]bool{"What": true, "Why": true, "what": true, "why": true}
	verb := regexp.MustCompile(`%[-+#0]*[\d.*]*[a-zA-Z]`)
	known, stock := 0, ""
	for _, p := range slices.Concat(phrasesOfFormats, phrasesOfBundles, phrasesOfClocks, phrasesOfCaptures) {
		stock += p.en + "\n"
	}
	for _, dir := range []string{"../bundle", "../timeline", "../parsers", "../pcap", ".."} {
		files, err := filepath.Glob(dir + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatal(dir, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			set := token.NewFileSet()
			tree, err := parser.ParseFile(set, file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			look := func(n ast.Node, only bool) {
				lit, ok := n.(*ast.BasicLit)
				if !ok || lit.Kind != token.STRING {
					return
				}
				s, err := strconv.Unquote(lit.Value)
				if err != nil || only && proseIn(s) == "" {
					return
				}
				for _, piece := range strings.Split(verb.ReplaceAllString(s, "; "), "; ") { // verbs and semicolons end a fixed piece
					if piece = strings.Trim(piece, " ,:()"); !strings.Contains(piece, " ") {
						continue
					}
					_, whole := (&saying{translator: toChinese()}).say(piece, 0)
					if known++; !whole && !strings.Contains(stock, piece) {
						t.Errorf("%s: %q of %q is not in the stock", set.Position(lit.Pos()), piece, s)
					}
				}
			}
			ast.Inspect(tree, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CallExpr:
					name := ""
					switch f := n.Fun.(type) {
					case *ast.Ident:
						name = f.Name
					case *ast.SelectorExpr:
						name = f.Sel.Name
					}
					for i, a := range n.Args {
						if teller[name] && i < 3 && (name != "say" || dir != "../pcap") { // what packets say is quoted
							look(a, name == "Sprintf")
						}
					}
				case *ast.KeyValueExpr:
					if id, ok := n.Key.(*ast.Ident); ok && field[id.Name] {
						look(n.Value, false)
					}
				case *ast.AssignStmt:
					for i, l := range n.Lhs {
						if id, ok := l.(*ast.Ident); ok && field[id.Name] && i < len(n.Rhs) {
							look(n.Rhs[i], false)
						}
					}
				}
				return true
			})
		}
	}
	if known < 60 {
		t.Errorf("only %d sentences were looked at", known)
	}
}
