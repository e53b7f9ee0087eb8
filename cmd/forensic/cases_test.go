package main

import (
	"context"
	"strings"
	"testing"

	"forensic"
	"forensic/fixtures"
	"forensic/rules"
)

const ruleFixtures = "../../fixtures/rules"

// Each case of each embedded rule gives the findings it says, of all rules, so
// that one rule firing on another's case is seen. UPDATE=1 writes them anew.
func TestRuleCases(t *testing.T) {
	rs, err := loadRules(nil)
	if err != nil {
		t.Fatal(err)
	}
	cases, err := ruleCases(ruleFixtures)
	if err != nil {
		t.Fatal(err)
	}
	for i := range cases {
		c := &cases[i]
		t.Run(strings.TrimSuffix(c.Name, ".txtar"), func(t *testing.T) {
			if _, err := ruleNamed(rs, c.Rule); err != nil {
				t.Fatalf("there is no rule %s", c.Rule)
			}
			wrong, err := c.verify(context.Background(), rs)
			if err != nil {
				t.Fatal(err)
			}
			if len(wrong) > 0 {
				t.Error(strings.Join(wrong, "\n"))
			}
		})
	}
}

// Every embedded rule has a case in which it fires and one in which it does not.
func TestEveryRuleHasCases(t *testing.T) {
	rs, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	cases, err := ruleCases(ruleFixtures)
	if err != nil {
		t.Fatal(err)
	}
	for _, missing := range uncovered(rs, cases) {
		t.Error(missing)
	}
}

func TestDifference(t *testing.T) {
	got := strings.Join(difference("a\nb\nc\n", "a\nx\nc\nd\n"), "\n")
	if want := "    - b\n    + x\n    + d"; got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if fixtures.Updating() {
		t.Log("expectations are being written")
	}
}

// No run checks the embedded rules again.
func TestEmbeddedRulesAreSound(t *testing.T) {
	rs, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range rules.Check(rs, forensic.Kinds()) {
		t.Error(p)
	}
}
