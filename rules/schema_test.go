package rules

import (
	"bytes"
	"io/fs"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// The schema takes every rule that the loader takes, and refuses mistakes of
// shape as it does.
func TestSchema(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("forensic.rule/v1", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("forensic.rule/v1")
	if err != nil {
		t.Fatal(err)
	}
	check := func(text []byte) error {
		var v any
		if err := yaml.Unmarshal(text, &v); err != nil {
			t.Fatal(err)
		}
		return s.Validate(v)
	}
	if err := check([]byte(good)); err != nil {
		t.Errorf("the tests' rule: %v", err)
	}
	files, err := fs.Glob(builtin, "*/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no embedded rules", err)
	}
	for _, f := range files {
		text, err := fs.ReadFile(builtin, f)
		if err != nil {
			t.Fatal(err)
		}
		if err := check(text); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
	for _, mistake := range []struct{ old, new string }{
		{"severity: warning", "serverity: warning"}, {"severity: warning", "severity: bad"}, {"at_least: 10\n", "at_leest: 10\n"},
		{"count: lost", "count: lost\n  any: lost"}, {"within: 1m", "within: 60"}, {"refs: [https:", "refs: [http:"}, {"absent: true", "absent: false"},
		{"text: 'lost", "line: x, text: 'lost"}, {"title: Something happens", "title: 5"},
	} {
		text := bytes.Replace([]byte(good), []byte(mistake.old), []byte(mistake.new), 1)
		if bytes.Equal(text, []byte(good)) {
			t.Errorf("%q is not in the rule", mistake.old)
		}
		if err := check(text); err == nil {
			t.Errorf("%q passes the schema", mistake.new)
		}
		if _, ps := Read("a/b", "b.yaml", text); len(ps) == 0 {
			t.Errorf("%q passes the loader", mistake.new)
		}
	}
}
