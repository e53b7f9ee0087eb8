package report

import (
	"bytes"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/russross/blackfriday/v2"
	"golang.org/x/net/html"
)

func markdownOf(t *testing.T, r *Report, shape string) string {
	t.Helper()
	var b bytes.Buffer
	if err := Markdown(&b, r, shape); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMarkdown(t *testing.T) {
	for _, shape := range Templates() {
		golden(t, "markdown."+shape+".en.md", markdownOf(t, New(sample(), Options{}), shape))
		golden(t, "markdown."+shape+".zh.md", markdownOf(t, New(sample(), Options{Lang: "zh"}), shape))
		quiet := sample()
		quiet.Findings, quiet.Chains = nil, nil
		if text := markdownOf(t, New(quiet, Options{}), shape); !strings.Contains(text, "No rule found anything") {
			t.Errorf("%s without findings:\n%s", shape, text)
		}
	}
}

// elements renders Markdown, HTML and all, and lists what elements and
// attributes came of it, and where links go.
func elements(t *testing.T, text string) map[string]bool {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(blackfriday.Run([]byte(text), blackfriday.WithExtensions(blackfriday.CommonExtensions))))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode && n.Type != html.CommentNode {
			continue
		}
		name := n.Data
		if n.Type == html.CommentNode {
			name = "comment"
		}
		found[name] = true
		for _, a := range n.Attr {
			v := name + " " + a.Key
			if a.Key == "href" || a.Key == "src" {
				v += "=" + a.Val
			}
			found[v] = true
		}
	}
	return found
}

// Hostile text makes no element, no attribute and no link that harmless text
// does not make.
func TestHostileMarkdown(t *testing.T) {
	for turn, shape := range Templates() {
		harmless := New(sample(), Options{})
		refs := harmless.Findings[0].Refs
		poison(reflect.ValueOf(harmless).Elem(), "harmless")
		harmless.Lang, harmless.Findings[0].Refs = "en", refs
		allowed := elements(t, markdownOf(t, harmless, shape))
		allowed["br"] = true
		for i, s := range slices.Concat(hostile, hostileTogether()) {
			if i >= len(hostile) && i%len(Templates()) != turn {
				continue // each of the many in one template
			}
			r := New(sample(), Options{})
			poison(reflect.ValueOf(r).Elem(), s)
			r.Lang, r.Findings[0].Refs = "en", refs
			text := markdownOf(t, r, shape)
			for _, e := range slices.Sorted(maps.Keys(elements(t, text))) {
				if !allowed[e] {
					t.Errorf("%s %q: makes %s", shape, s, e)
				}
			}
			for _, c := range text {
				if hidden(c) && c != '\n' {
					t.Fatalf("%s %q: holds %q", shape, s, c)
				}
			}
		}
	}
}

func TestMarkdownTemplateOfOnesOwn(t *testing.T) {
	got := markdownOf(t, New(sample(), Options{}), "{{headline}}\n\n\n{{range .Findings}}{{.ID}} {{.Count}}\n{{end}}{{quote \"E4\"}}")
	want := "Clients connect to ZooKeeper and leave without a session\n\nF1 115\nF2 517\n```text\nNov 24 15:38:40 app-07 kernel: TCP: time wait bucket table overflow \\xff\\x1b[31m\n```\n"
	if got != want {
		t.Errorf("got:\n%s", got)
	}
	if err := CheckTemplate("{{nosuch}}"); err == nil {
		t.Error("an unknown function is not refused")
	}
	if err := CheckTemplate("{{range .Findings}}{{.Title}}{{end}}"); err != nil {
		t.Error(err)
	}
}

// Every word that a template asks for exists.
func TestMarkdownWords(t *testing.T) {
	for _, shape := range Templates() {
		b, err := markdownTemplates.ReadFile("templates/" + shape + ".md")
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range []string{`t "`, `todo "`} {
			rest := string(b)
			for {
				_, after, ok := strings.Cut(rest, "{{"+call)
				if !ok {
					break
				}
				name, more, _ := strings.Cut(after, `"`)
				rest = more
				if _, ok := markdownWords[name]; !ok {
					t.Errorf("%s asks for %q", shape, name)
				}
			}
		}
	}
}

func TestFence(t *testing.T) {
	got := fence([]string{"a", "````", "b"})
	if want := "`````text\na\n````\nb\n`````"; got != want {
		t.Errorf("got %s", got)
	}
	if got := codeSpan("a``b"); got != "```a``b```" {
		t.Errorf("got %s", got)
	}
}
