package main

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"forensic"
	"forensic/fixtures"
	"forensic/report"
	"forensic/rules"
)

// A ruleCase is one fixture of a rule: an input, and the findings that are
// expected of it.
type ruleCase struct {
	fixtures.Case
	Rule  string // area/what-is-wrong
	Name  string // area/what-is-wrong/fires-often.txtar
	Fires bool   // the rule must fire; else it must not
}

// ruleCases loads DIR/<area>/<rule>/fires*.txtar and quiet*.txtar. A folder
// directly in DIR belongs to the area of DIR's own name.
func ruleCases(dir string) ([]ruleCase, error) {
	all, err := fixtures.Under(dir)
	if err != nil {
		return nil, err
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	var cases []ruleCase
	for _, c := range all {
		rel, err := filepath.Rel(dir, c.Path)
		if err != nil {
			return nil, err
		}
		name := filepath.ToSlash(rel)
		rule := path.Dir(name)
		if !strings.Contains(rule, "/") {
			rule = strings.ToLower(filepath.Base(abs)) + "/" + rule
		}
		base := path.Base(name)
		fires, quiet := strings.HasPrefix(base, "fires"), strings.HasPrefix(base, "quiet")
		if !fires && !quiet {
			return nil, fmt.Errorf("%s: a case of a rule is called fires*.txtar or quiet*.txtar", name)
		}
		cases = append(cases, ruleCase{c, rule, name, fires})
	}
	return cases, nil
}

// unwrittenTime is the age of members whose case does not state one, so that
// what is found does not depend on the day.
var unwrittenTime = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

// run analyses the case with the given rules and returns what was found, and
// the findings as text.
func (c *ruleCase) run(ctx context.Context, rs []rules.Rule) (*report.Report, string, error) {
	dir, err := os.MkdirTemp("", "forensic-case-")
	if err != nil {
		return nil, "", err
	}
	defer os.RemoveAll(dir)
	if err := c.Write(dir); err != nil {
		return nil, "", err
	}
	if c.Modified().IsZero() {
		for _, f := range c.Files {
			if err := os.Chtimes(filepath.Join(dir, filepath.FromSlash(f.Name)), unwrittenTime, unwrittenTime); err != nil {
				return nil, "", err
			}
		}
	}
	opt := forensic.Options{Rules: rs}
	if zone := c.Facts["zone"]; zone != "" {
		loc, err := zoneNamed(zone)
		if err != nil {
			return nil, "", fmt.Errorf("zone: %q: there is no such zone", zone)
		}
		opt.Clock.Zones = map[string]*time.Location{"": loc}
	}
	r, err := forensic.Analyze(ctx, []string{dir}, opt)
	if err != nil {
		return nil, "", err
	}
	told := report.New(r, report.Options{})
	var b strings.Builder
	err = report.Findings(&b, told, report.Style{})
	return told, b.String(), err
}

// verify runs the case and returns what is wrong with it, a line each.
func (c *ruleCase) verify(ctx context.Context, rs []rules.Rule) ([]string, error) {
	told, got, err := c.run(ctx, rs)
	if err != nil {
		return nil, err
	}
	fired := 0
	for i := range told.Findings {
		if told.Findings[i].Rule == c.Rule {
			fired++
		}
	}
	var wrong []string
	switch {
	case c.Fires && fired == 0:
		wrong = append(wrong, c.Rule+" does not fire")
		wrong = append(wrong, explain(told, c.Rule)...)
	case !c.Fires && fired > 0:
		wrong = append(wrong, c.Rule+" fires, and should not")
	}
	if fixtures.Updating() {
		return wrong, c.Update(got)
	}
	if got != c.Want {
		wrong = append(wrong, "the findings differ from want:")
		wrong = append(wrong, difference(c.Want, got)...)
	}
	return wrong, nil
}

// explain says what a case was read as, which is where a rule that does not
// fire is mostly found out.
func explain(r *report.Report, rule string) []string {
	var out []string
	for _, s := range r.Sources {
		out = append(out, fmt.Sprintf("    %s was read as %s: %d records", s.Path, s.Format, s.Events))
	}
	for _, s := range r.Skipped {
		out = append(out, fmt.Sprintf("    %s was not read: %s", s.Path, s.Why))
	}
	for _, n := range r.Coverage.RulesNotRun {
		if n.Rule == rule {
			out = append(out, "    the rule could not run: "+n.Why)
		}
	}
	return out
}

// difference lists the lines that two texts do not share, those of want with a
// minus, those of got with a plus.
func difference(want, got string) []string {
	a, b := strings.Split(strings.TrimSuffix(want, "\n"), "\n"), strings.Split(strings.TrimSuffix(got, "\n"), "\n")
	if want == "" {
		a = nil
	}
	if got == "" {
		b = nil
	}
	if len(a)*len(b) > 4_000_000 {
		return []string{fmt.Sprintf("    %d lines, not %d", len(b), len(a))}
	}
	longest := make([][]int32, len(a)+1) // of the common lines from here on
	for i := range longest {
		longest[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	var out []string
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && longest[i+1][j] >= longest[i][j+1]:
			out = append(out, "    - "+a[i])
			i++
		default:
			out = append(out, "    + "+b[j])
			j++
		}
	}
	return out
}
