package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// validator compiles a published schema; strict means that nothing may be there
// that the schema does not name.
func validator(t *testing.T, name string, strict bool) *jsonschema.Schema {
	t.Helper()
	text, ok := SchemaText(name)
	if !ok {
		t.Fatalf("no schema %s", name)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if strict {
		forbidOthers(doc)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func forbidOthers(v any) {
	switch v := v.(type) {
	case map[string]any:
		if _, ok := v["properties"]; ok {
			v["additionalProperties"] = false
		}
		for _, w := range v {
			forbidOthers(w)
		}
	case []any:
		for _, w := range v {
			forbidOthers(w)
		}
	}
}

func check(t *testing.T, s *jsonschema.Schema, text []byte) {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	if err := s.Validate(v); err != nil {
		t.Errorf("%v", err)
	}
}

func jsonOf(t *testing.T, r *Report) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := JSON(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReportFitsItsSchema(t *testing.T) {
	s := validator(t, "report", true)
	for _, lang := range []string{"en", "zh"} {
		check(t, s, jsonOf(t, New(sample(), Options{Lang: lang, Version: "test"})))
	}
	interrupted := sample()
	interrupted.Complete = false
	check(t, s, jsonOf(t, New(interrupted, Options{})))
	empty := sample()
	empty.Findings, empty.Chains, empty.Sources, empty.Skipped, empty.Hosts = nil, nil, nil, nil, nil
	check(t, s, jsonOf(t, New(empty, Options{})))
}

// The schema names every field that a report can have, so that the strict check
// above is one of everything.
func TestSchemaNamesEveryField(t *testing.T) {
	text, _ := SchemaText("report")
	for _, field := range fieldsOf(reflect.TypeFor[Report](), map[reflect.Type]bool{}) {
		if !bytes.Contains(text, []byte(`"`+field+`": {`)) {
			t.Errorf("the schema does not name %s", field)
		}
	}
}

func fieldsOf(t reflect.Type, seen map[reflect.Type]bool) []string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || seen[t] || t == reflect.TypeFor[Moment]() {
		return nil
	}
	seen[t] = true
	var names []string
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		names = append(append(names, name), fieldsOf(f.Type, seen)...)
	}
	return names
}

// The fields of the contract stand in its order.
func TestFieldOrder(t *testing.T) {
	text := string(jsonOf(t, New(sample(), Options{Version: "test"})))
	order := func(fields ...string) {
		at := 0
		for _, f := range fields {
			i := strings.Index(text[at:], `"`+f+`":`)
			if i < 0 {
				t.Errorf("%s does not follow where it should", f)
				return
			}
			at += i
		}
	}
	order("schema", "tool", "name", "version", "rules", "inputs", "path", "bytes", "sha256", "first", "last", "hosts", "sources", "skipped", "findings", "chains", "coverage")
	order("findings", "id", "rule", "title", "severity", "confidence", "standing", "host", "entities", "first", "last", "count", "count_low", "count_high", "say", "because", "impact", "next", "avoid", "ruled_out", "facts", "series", "evidence", "explains", "refs")
	order("evidence", "id", "role", "at", "source", "line", "last_line", "text", "before", "after")
	order("coverage", "bytes", "lines", "events", "unparsed_lines", "rules_run", "rules_not_run", "limits_hit")
}

// hostile are strings that have broken readers of reports.
var hostile = []string{
	"\x1b]8;;http://example.com\x07click\x1b]8;;\x07", "\x1b]52;c;AAAA\x07", "\u009b2J", "\u202egpj.exe", "\u2066x", "a\u200bb", "\ufeff",
	"<script>alert(1)</script>", "</pre><img src=x onerror=alert(1)>", "{{.}}", "${7*7}", "]]>", "-->", "\"'`\\",
	"=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "javascript:alert(1)", "[x](javascript:alert(1))", "| a | b |", "```\n# title\n```", "# title", "- [ ] x", "![](http://example.com/x)",
	"\x00", "\x7f", "\xff\xfe", "\xc0\x80", "\xed\xa0\x80", "line\nforged", "a\r\nb", "\u2028", "\u0085", "\U000e0041", "%s%n%d", "../../etc/passwd", "连接失败\x1b[31m", strings.Repeat("A", 5000), "", " ", "null", "F1", "\u0000E1",
}

// poison puts s into every string of v.
func poison(v reflect.Value, s string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			poison(v.Elem(), s)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[Moment]() {
			return
		}
		for i := range v.NumField() {
			poison(v.Field(i), s)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		for i := range v.Len() {
			poison(v.Index(i), s)
		}
	case reflect.String:
		v.SetString(s)
	}
}

// Whatever stands in a string, the JSON reads back as the same values and holds
// nothing that a terminal obeys.
func TestHostileJSON(t *testing.T) {
	for i, s := range slices.Concat(hostile, hostileTogether()) {
		r := New(sample(), Options{})
		poison(reflect.ValueOf(r).Elem(), s)
		text := jsonOf(t, r)
		for _, c := range string(text) {
			if hidden(c) && c != '\n' {
				t.Fatalf("%d %q: the JSON holds %q", i, s, c)
			}
		}
		var back struct {
			Findings []struct{ Say, Title string }
			Sources  []struct{ Path string }
		}
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatalf("%d %q: %v", i, s, err)
		}
		want := decoded(s)
		if back.Findings[0].Title != want || back.Sources[0].Path != want {
			t.Errorf("%d: %q reads back as %q", i, s, back.Findings[0].Title)
		}
	}
}

// decoded is a string as any JSON writer gives it.
func decoded(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	var back string
	if err := json.Unmarshal(text, &back); err != nil {
		panic(fmt.Sprint(s, err))
	}
	return back
}
