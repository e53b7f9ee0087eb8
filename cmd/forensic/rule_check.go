package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/urfave/cli/v2"

	"forensic"
	"forensic/report"
	"forensic/rules"
)

// oneFolder is the only argument of a verb.
func oneFolder(c *cli.Context, what string) (string, error) {
	if c.NArg() != 1 {
		return "", &failure{exitUsage, verbOf(c), "it takes one folder", what}
	}
	dir := c.Args().First()
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return "", openFailure(dir, err)
	case !info.IsDir():
		return "", &failure{exitFailed, "open " + dir, "it is not a folder", what}
	}
	return dir, nil
}

// testRules runs the cases below a folder with the embedded rules, those of
// --rules, and those in the folder itself.
func (p *program) testRules(c *cli.Context) error {
	dir, err := oneFolder(c, "name the one that holds area/rule/fires.txtar")
	if err != nil {
		return err
	}
	own, err := rules.Dir(dir)
	if err != nil {
		return err
	}
	dirs := c.StringSlice("rules")
	if len(own) > 0 {
		dirs = append(dirs, dir)
	}
	rs, err := loadRules(dirs)
	if err != nil {
		return err
	}
	cases, err := ruleCases(dir)
	if err != nil {
		return &failure{exitFailed, "read cases of " + dir, err.Error(), "correct the case"}
	}
	if len(cases) == 0 {
		return &failure{exitFailed, "read cases of " + dir, "there are none", "a case is area/rule/fires.txtar or quiet.txtar"}
	}
	failed := 0
	for i, wrong := range p.testCases(c, cases, rs) {
		if len(wrong) > 0 {
			failed++
			fmt.Fprintf(p.stdout, "FAIL %s: %s\n", report.Visible(cases[i].Name), report.Visible(wrong[0]))
			for _, line := range wrong[1:] {
				fmt.Fprintf(p.stdout, "    %s\n", report.Visible(line))
			}
			continue
		}
		fmt.Fprintf(p.stdout, "ok   %s\n", report.Visible(cases[i].Name))
	}
	for _, missing := range uncovered(own, cases) {
		failed++
		fmt.Fprintf(p.stdout, "FAIL %s\n", missing)
	}
	if failed > 0 {
		return &failure{exitFailed, "rules test", fmt.Sprintf("%d of %d failed", failed, len(cases)), "correct the rule or the case; UPDATE=1 writes the findings into the cases"}
	}
	return nil
}

// testCases runs the cases, as many at a time as there are processors, and
// returns what is wrong with each.
func (p *program) testCases(c *cli.Context, cases []ruleCase, rs []rules.Rule) [][]string {
	all := make([][]string, len(cases))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(cases) {
					return
				}
				wrong, err := p.testCase(c, &cases[i], rs)
				if err != nil {
					wrong = []string{err.Error()}
				}
				all[i] = wrong
			}
		})
	}
	wg.Wait()
	return all
}

// testCase runs a case, and if it is as it should be, its near misses.
func (p *program) testCase(c *cli.Context, one *ruleCase, rs []rules.Rule) ([]string, error) {
	rule, err := ruleNamed(rs, one.Rule)
	if err != nil {
		return []string{"there is no rule " + one.Rule}, nil
	}
	wrong, err := one.verify(c.Context, rs)
	if err != nil || len(wrong) > 0 || !one.Fires {
		return wrong, err
	}
	wrong, _, err = one.testNear(c.Context, rule)
	return wrong, err
}

// uncovered names the rules without a case that fires or one that is quiet.
func uncovered(rs []rules.Rule, cases []ruleCase) []string {
	has := map[string][2]bool{}
	for i := range cases {
		h := has[cases[i].Rule]
		if cases[i].Fires {
			h[0] = true
		} else {
			h[1] = true
		}
		has[cases[i].Rule] = h
	}
	var out []string
	for i := range rs {
		h := has[rs[i].Name]
		if !h[0] {
			out = append(out, rs[i].Name+" has no case fires*.txtar")
		}
		if !h[1] {
			out = append(out, rs[i].Name+" has no case quiet*.txtar")
		}
	}
	return out
}

// lintRules prints everything that is wrong with the rules of a folder, or with
// the embedded ones, and what their author may want to know.
func (p *program) lintRules(c *cli.Context) error {
	var own []rules.Rule
	var err error
	if c.NArg() == 0 {
		own, err = rules.Builtin()
	} else {
		var dir string
		if dir, err = oneFolder(c, "name the one that holds the rules"); err != nil {
			return err
		}
		own, err = rules.Dir(dir)
	}
	var problems rules.Problems
	if err != nil && !errors.As(err, &problems) {
		return err
	}
	all := own
	if c.NArg() > 0 {
		builtin, err := rules.Builtin()
		if err != nil {
			return err
		}
		if all = slices.Concat(builtin, own); holdsMost(own, builtin) {
			all = own
		}
	}
	if len(problems) == 0 {
		problems = rules.Check(all, forensic.Kinds())
	}
	for _, one := range problems {
		fmt.Fprintln(p.stdout, report.Visible(one.Error()))
	}
	if len(problems) > 0 {
		return &failure{exitFailed, "rules lint", fmt.Sprintf("%d problems", len(problems)), "correct them"}
	}
	if len(own) == 0 {
		return &failure{exitFailed, "rules lint", "there is no .yaml file in it", "name the folder that holds the rules"}
	}
	for i := range own {
		for _, note := range notes(&own[i]) {
			fmt.Fprintf(p.stdout, "%s: note: %s\n", report.Visible(own[i].File), report.Visible(note))
		}
	}
	fmt.Fprintf(p.stdout, "%d rules, nothing wrong\n", len(own))
	return nil
}

// holdsMost tells whether a folder is the program's own, perhaps changed: it has
// most of the embedded rules by their names. It is then checked by itself; in any
// other folder a rule of the same name as an embedded one is a mistake.
func holdsMost(own, builtin []rules.Rule) bool {
	names := map[string]bool{}
	for i := range own {
		names[own[i].Name] = true
	}
	n := 0
	for i := range builtin {
		if names[builtin[i].Name] {
			n++
		}
	}
	return 2*n > len(builtin)
}

// notes is what is not wrong with a rule and still worth knowing.
func notes(r *rules.Rule) []string {
	var out []string
	for _, list := range [][]rules.Selection{r.Select, r.Context} {
		for i := range list {
			s := &list[i]
			for _, pattern := range []*rules.Pattern{s.Text, s.Line} {
				if pattern == nil {
					continue
				}
				if engine := pattern.Engine(); engine != "regexp" && engine != "literal" {
					out = append(out, fmt.Sprintf("%s: /%s/ needs the %s engine, which is slower and may be stopped by its clock", s.Name, pattern, engine))
				}
				if len(pattern.Literals()) == 0 {
					out = append(out, fmt.Sprintf("%s: /%s/ holds no literal text to look for first, so it is tried on every record", s.Name, pattern))
				}
			}
		}
	}
	if missing := r.Untranslated(); len(missing) > 0 {
		out = append(out, "no Chinese text for "+strings.Join(missing, ", "))
	}
	if r.En.Because.Empty() {
		out = append(out, "no because: a finding does not say why it matters")
	}
	if len(r.En.Next) == 0 {
		out = append(out, "no next: a finding does not say what to do")
	}
	return out
}
