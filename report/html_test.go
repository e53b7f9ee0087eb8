package report

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"forensic"
	"forensic/event"
	"forensic/report/html/bundle/script"
)

// pageOf renders a report in both languages.
func pageOf(t *testing.T, reports ...*Report) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, reports[0], reports[1:]...); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func samplePage(t *testing.T) []byte {
	t.Helper()
	r := sample()
	page := New(r, Options{})
	page.Kept = sampleKept(t, r)
	return pageOf(t, page, New(r, Options{Lang: "zh"}))
}

// sampleKept are three events of the sample.
func sampleKept(t *testing.T, r *forensic.Result) *Kept {
	t.Helper()
	k := NewKept()
	if err := k.Begin(r, func(e *event.Event, to []string) []string { return append(to, e.Attrs.Get("of")) }); err != nil {
		t.Fatal(err)
	}
	first := r.Findings[0].First.At
	for _, e := range []event.Event{
		{At: first, Level: event.Info, Text: "accepted <b>\x1b[31m", Where: event.Span{Source: 1, First: 17}},
		{At: first + 1e6, Level: event.Warning, Text: "end of stream", Where: event.Span{Source: 1, First: 18}, Hits: make([]event.Hit, 1), Attrs: event.Attrs{{Name: "of", Value: "F1"}}},
		{At: r.Findings[1].First.At, Level: event.Warning, Text: "overflow", Where: event.Span{Source: 2, First: 4}, Hits: make([]event.Hit, 1), Attrs: event.Attrs{{Name: "of", Value: "F2"}}},
		{At: event.NoTime, Text: "untimed"},
	} {
		if err := k.Event(&e); err != nil {
			t.Fatal(err)
		}
	}
	return k
}

func TestHTMLIsTheSameEachTime(t *testing.T) {
	first := samplePage(t)
	for range 3 {
		if !bytes.Equal(first, samplePage(t)) {
			t.Fatal("the same result gives different bytes")
		}
	}
}

func TestHTMLHoldsEverything(t *testing.T) {
	r := sample()
	en, zh := New(r, Options{}), New(r, Options{Lang: "zh"})
	text := innerText(parse(t, pageOf(t, en, zh)), func(n *html.Node) bool { return n.Data == "script" || n.Data == "style" || attr(n, "id") == "data" })
	var want []string
	for _, one := range []*Report{en, zh} {
		for i := range one.Findings {
			f := &one.Findings[i]
			want = append(want, f.ID, f.Title, f.Rule, f.Say, reflow(f.Because), f.Impact, f.Open)
			for _, s := range f.Next {
				want = append(want, s.Do, s.Verify)
			}
			for _, c := range f.Avoid {
				want = append(want, c.Do, c.Why, c.Applied)
			}
			want = append(want, f.RuledOut...)
			want = append(want, f.Refs...)
			for _, v := range f.Facts {
				want = append(want, v.Name, v.Value, v.Evidence)
			}
			for _, e := range f.Evidence {
				want = append(want, e.ID, e.Role, e.Source)
				for _, l := range append(append(strings.Split(e.Text, "\n"), e.Before...), e.After...) {
					want = append(want, Visible(l))
				}
			}
		}
		for _, c := range one.Chains {
			want = append(want, c.Say, c.Weakest)
		}
		for _, n := range one.Coverage.RulesNotRun {
			want = append(want, n.Rule, n.Why)
		}
		want = append(want, one.Coverage.LimitsHit...)
	}
	for _, h := range en.Hosts {
		want = append(append(want, h.Name, h.Zone, h.Offset, h.OffsetError), h.Why...)
	}
	for _, s := range en.Sources {
		want = append(want, s.Path, s.Format, s.Why, s.Year)
		for _, p := range s.Problems {
			want = append(want, p.What, p.At)
		}
	}
	for _, s := range en.Skipped {
		want = append(want, s.Path, s.Why)
	}
	for _, in := range en.Inputs {
		want = append(want, in.Path, in.SHA256)
	}
	for _, s := range want {
		if !strings.Contains(text, s) {
			t.Errorf("the page lacks %q", s)
		}
	}
}

// TestHTMLPolicy sees that the policy names exactly the texts that are there.
func TestHTMLPolicy(t *testing.T) {
	doc := parse(t, samplePage(t))
	policy := ""
	texts := map[string]string{}
	each(doc, func(n *html.Node) {
		switch {
		case n.Data == "meta" && attr(n, "http-equiv") == "Content-Security-Policy":
			policy = attr(n, "content")
		case n.Data == "script" || n.Data == "style":
			if texts[n.Data] != "" || len(n.Attr) > 0 {
				t.Errorf("%s: not one element without attributes", n.Data)
			}
			texts[n.Data] = innerText(n, nil)
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("%s has an attribute %s", n.Data, a.Key)
			}
		}
	})
	want := "default-src 'none'; script-src '" + sourceHash(texts["script"]) + "'; style-src '" + sourceHash(texts["style"]) + "'; img-src data:; base-uri 'none'; form-action 'none'"
	if policy != want {
		t.Errorf("policy\n%s\nwant\n%s", policy, want)
	}
}

// hostileMarkup is what must never be anything but text.
var hostileMarkup = []string{
	`<script>alert(1)</script>`, `</script><script>alert(1)</script>`, `</style><script>alert(1)</script>`, `</pre><img src=x onerror=alert(1)>`,
	`</title><svg onload=alert(1)>`, `--><script>alert(1)</script><!--`, `"><script>alert(1)</script>`, `' onmouseover='alert(1)`, `" onfocus="alert(1)" autofocus="`,
	`" style="position:fixed`, `javascript:alert(1)`, `data:text/html,<script>alert(1)</script>`, `vbscript:msgbox(1)`, ` javascript:alert(1)`, "java\tscript:alert(1)",
	`<img src=x onerror=alert(1)>`, `<a href="javascript:alert(1)">x</a>`, `<iframe srcdoc="<script>alert(1)</script>">`, `<base href="//example.com/">`, `<meta http-equiv=refresh content="0;url=//example.com">`,
	`<form action=//example.com><input name=a>`, `<link rel=stylesheet href=//example.com/a.css>`, `<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>`, `<svg><animate onbegin=alert(1)>`,
	`{{.Script}}`, `{{template "say" .}}`, `${alert(1)}`, `]]>`, `<![CDATA[<script>alert(1)</script>]]>`, `<!--`, `<?xml version="1.0"?>`, `<!DOCTYPE x>`, `<plaintext>`, `<textarea>`, `<noscript>`, `<template>`, `<select><option>`,
	`&lt;script&gt;alert(1)&lt;/script&gt;`, `&#60;script&#62;`, `&quot;&gt;`, `\u003cscript\u003e`, `%3Cscript%3E`, "\x00<script>", "\x1b[31m<b>", "\u202e<i>", "\u2028<i>", "<\xff\xfe script>", "+ADw-script+AD4-", `<scr<script>ipt>`,
	`<details open ontoggle=alert(1)>`, `<x contenteditable onblur=alert(1)>`, "`onmouseover=alert(1)", `F1" onclick="alert(1)`, `#F1`, `%`, `%!s%d%n`, `\`, `'`, `"`, `<`, `>`, `&`, `/`, `=`, strings.Repeat("<", 200), strings.Repeat("&", 9000),
}

// TestHTMLInjection puts every hostile text into every text of a report and
// sees that elements and names of attributes are those of a harmless one.
func TestHTMLInjection(t *testing.T) {
	for _, s := range slices.Concat(hostileMarkup, hostileOnALine()) {
		harmless := strings.Repeat("x", max(len(Visible(s)), 1))
		got, want := shape(t, filled(t, s)), shape(t, filled(t, harmless))
		if got != want {
			t.Errorf("%.60q changes the page: %s", s, firstDifference(got, want))
		}
	}
}

// filled is the page of a sample in which every text that may come from an
// input, or from a rule, is s.
func filled(t *testing.T, s string) []byte {
	t.Helper()
	r := sample()
	en, zh := New(r, Options{}), New(r, Options{Lang: "zh"})
	for _, one := range []*Report{en, zh} {
		replace(reflect.ValueOf(one).Elem(), s)
		one.Lang = "en"
		if one == zh {
			one.Lang = "zh"
		}
		for i := range one.Findings {
			f := &one.Findings[i]
			f.ID = fmt.Sprintf("F%d", i+1)
			f.Explains, f.Standing = nil, "open"
			for k := range f.Links {
				f.Links[k].Cause = "F1"
			}
			for k := range f.Evidence {
				e := &f.Evidence[k]
				e.ID, e.TextBase64 = fmt.Sprintf("E%d-%d", i, k), nil
			}
		}
	}
	return pageOf(t, en, zh)
}

// replace sets every string below v.
func replace(v reflect.Value, s string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				replace(v.Field(i), s)
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		for i := range v.Len() {
			replace(v.Index(i), s)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			replace(v.Elem(), s)
		}
	}
}

// TestHTMLLinks sees that only https references become links.
func TestHTMLLinks(t *testing.T) {
	r := New(sample(), Options{})
	r.Findings[0].Refs = []string{"https://example.com/a", "http://example.com/b", "javascript:alert(1)", "//example.com/c", " https://example.com/d", "https:\"onclick=alert(1)"}
	var out []string
	each(parse(t, pageOf(t, r)), func(n *html.Node) {
		if h := attr(n, "href"); n.Data == "a" && !strings.HasPrefix(h, "#") {
			out = append(out, h)
		}
	})
	if want := []string{"https://example.com/a"}; !reflect.DeepEqual(out, want) {
		t.Errorf("links %q, want %q", out, want)
	}
}

// TestHTMLAnchors sees that no id is there twice and every link within the page
// leads somewhere.
func TestHTMLAnchors(t *testing.T) {
	ids := map[string]bool{}
	doc := parse(t, samplePage(t))
	each(doc, func(n *html.Node) {
		if id := attr(n, "id"); id != "" {
			if ids[id] {
				t.Errorf("id %q is there twice", id)
			}
			ids[id] = true
		}
	})
	for _, id := range []string{"F1", "F2", "E1", "E2", "E3", "E4"} {
		if !ids[id] {
			t.Errorf("no element has the id %s", id)
		}
	}
	each(doc, func(n *html.Node) {
		if h := attr(n, "href"); strings.HasPrefix(h, "#") && !ids[h[1:]] {
			t.Errorf("%s leads nowhere", h)
		}
	})
}

// TestHTMLBounds sees that an enormous report gives a page of bounded size that
// says what it leaves out.
func TestHTMLBounds(t *testing.T) {
	r := New(sample(), Options{})
	big := r.Findings[0]
	big.Evidence = nil
	for i := range 400 {
		big.Evidence = append(big.Evidence, Evidence{ID: fmt.Sprintf("E%d", i+10), Role: "many", Source: "a.log", Line: i*500 + 1, LastLine: i*500 + 400, Text: strings.Repeat(strings.Repeat("x", 99)+"\n", 400)})
	}
	r.Findings = nil
	for i := range 5000 {
		f := big
		if i > 3 {
			f.Evidence = nil
		}
		f.ID = fmt.Sprintf("F%d", i+1)
		r.Findings = append(r.Findings, f)
	}
	r.Sources[0].Why, r.Skipped[0].Why = strings.Repeat("w", 9000), strings.Repeat("w", 9000)
	for range 50_000 {
		r.Sources = append(r.Sources, r.Sources[0])
		r.Skipped = append(r.Skipped, r.Skipped[0])
	}
	b := pageOf(t, r)
	if len(b) > 10<<20 {
		t.Errorf("the page has %d bytes", len(b))
	}
	for _, s := range []string{"4750 findings are only listed here", "more quotations stand in the JSON report", "… 280 lines …", "48,001 more stand in the JSON report"} {
		if !bytes.Contains(b, []byte(s)) {
			t.Errorf("it does not say %q", s)
		}
	}
}

// TestHTMLData sees that the script's data can be read and hold the findings.
func TestHTMLData(t *testing.T) {
	var text string
	each(parse(t, samplePage(t)), func(n *html.Node) {
		if attr(n, "id") == "data" {
			text = innerText(n, nil)
		}
	})
	packed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	zip, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(zip)
	if err != nil {
		t.Fatal(err)
	}
	var d htmlData
	if err := json.Unmarshal(plain, &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Findings) != 2 || len(d.Lanes) != 3 || len(d.Evidence.ID) != 4 || d.Shift != 8*3600 {
		t.Errorf("%d findings, %d lanes, %d pieces of evidence, zone %d s ahead", len(d.Findings), len(d.Lanes), len(d.Evidence.ID), d.Shift)
	}
}

// TestHTMLBundle sees that the committed bundle is what its source gives.
func TestHTMLBundle(t *testing.T) {
	text, err := script.Build("html")
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != htmlScript {
		t.Error("html/app.js is not what its source gives: run go generate ./report")
	}
}

// TestHTMLFullDisk sees that what cannot be written is an error.
func TestHTMLFullDisk(t *testing.T) {
	if err := HTML(unwritable{}, New(sample(), Options{})); !errors.Is(err, os.ErrPermission) {
		t.Errorf("got %v", err)
	}
}

type unwritable struct{}

func (unwritable) Write([]byte) (int, error) { return 0, os.ErrPermission }

func parse(t *testing.T, b []byte) *html.Node {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func each(n *html.Node, visit func(*html.Node)) {
	if n.Type == html.ElementNode {
		visit(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		each(c, visit)
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// innerText joins the texts below an element, but for those that are left out.
func innerText(n *html.Node, without func(*html.Node) bool) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		switch {
		case n.Type == html.TextNode:
			b.WriteString(n.Data)
		case n.Type == html.ElementNode && without != nil && without(n):
			return
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(n)
	return b.String()
}

// shape lists elements and comments, with the names of attributes.
func shape(t *testing.T, b []byte) string {
	t.Helper()
	var out strings.Builder
	var walk func(*html.Node, int)
	walk = func(n *html.Node, depth int) {
		switch n.Type {
		case html.ElementNode:
			fmt.Fprintf(&out, "%d %s %s", depth, n.Namespace, n.Data)
			for _, a := range n.Attr {
				fmt.Fprintf(&out, " %s:%s", a.Namespace, a.Key)
			}
			out.WriteByte('\n')
		case html.CommentNode, html.DoctypeNode:
			fmt.Fprintf(&out, "%d %d %s\n", depth, n.Type, n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, depth+1)
		}
	}
	walk(parse(t, b), 0)
	return out.String()
}

func firstDifference(a, b string) string {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(as), len(bs)) {
		if as[i] != bs[i] {
			return fmt.Sprintf("element %d is %q, want %q", i, as[i], bs[i])
		}
	}
	return fmt.Sprintf("%d elements, want %d", len(as), len(bs))
}
