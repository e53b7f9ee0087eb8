package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/urfave/cli/v2"

	"forensic"
	"forensic/report"
	"forensic/rules"
)

func (p *program) rules() *cli.Command {
	dirs := &cli.StringSliceFlag{Name: "rules", Usage: "`DIR` more rules, from a folder; repeatable"}
	return &cli.Command{
		Name: "rules", Usage: "what is looked for", ArgsUsage: "list|show|test|lint|new",
		Subcommands: []*cli.Command{
			{Name: "list", Usage: "every rule, with its title", Flags: append([]cli.Flag{dirs}, lookFlags()...), Action: p.listRules},
			{Name: "show", Usage: "what one rule looks for, and what it says", ArgsUsage: "RULE", Flags: append([]cli.Flag{dirs}, lookFlags()...), Action: p.showRule},
			{Name: "test", Usage: "run the cases of a folder", ArgsUsage: "DIR", Flags: []cli.Flag{dirs}, Action: p.testRules,
				Description: "DIR holds area/rule/fires*.txtar and quiet*.txtar, and may hold rules of its own. A case ends in\n\"-- want --\" and the findings as analyze prints them; UPDATE=1 writes them."},
			{Name: "lint", Usage: "what is wrong with the rules of a folder", ArgsUsage: "[DIR]", Action: p.lintRules},
			{Name: "new", Usage: "begin a rule, with two cases", ArgsUsage: "AREA/RULE", Action: p.newRule, Flags: []cli.Flag{
				&cli.StringFlag{Name: "dir", Usage: "`DIR` folder to put it in", Value: "."},
			}},
		},
	}
}

// loadRules reads the embedded rules and those of folders, checked together. The
// embedded ones alone were checked by the tests.
func loadRules(dirs []string) ([]rules.Rule, error) {
	rs, err := rules.Builtin()
	if err != nil {
		return nil, err
	}
	for _, dir := range dirs {
		more, err := rules.Dir(dir)
		var problems rules.Problems
		switch {
		case errors.As(err, &problems):
			return nil, err
		case err != nil:
			return nil, badValue("rules", dir, noFolder(err), "name a folder with rules in it")
		case len(more) == 0:
			return nil, badValue("rules", dir, "no .yaml file is in it", "name a folder with rules in it")
		}
		rs = append(rs, more...)
	}
	if len(dirs) > 0 {
		if problems := rules.Check(rs, forensic.Kinds()); len(problems) > 0 {
			return nil, problems
		}
	}
	return rs, nil
}

func noFolder(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "there is no such folder"
	}
	return why(err)
}

func ruleNamed(rs []rules.Rule, name string) (*rules.Rule, error) {
	var names []string
	for i := range rs {
		if rs[i].Name == name {
			return &rs[i], nil
		}
		names = append(names, rs[i].Name)
	}
	do := `"forensic rules list" names them`
	if near := nearest(name, names); near != "" {
		do = "did you mean " + near + "?"
	}
	return nil, &failure{exitUsage, name, "there is no such rule", do}
}

func (p *program) listRules(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	lang, _, err := p.langFlag(c)
	if err != nil {
		return err
	}
	rs, err := loadRules(c.StringSlice("rules"))
	if err != nil {
		return err
	}
	wide := 0
	for i := range rs {
		wide = max(wide, len(rs[i].Name))
	}
	for i := range rs {
		words := rs[i].En
		if lang == "zh" {
			words = rs[i].Zh
		}
		fmt.Fprintf(p.stdout, "%-*s  %-8s  %s\n", wide, rs[i].Name, rs[i].Severity, report.Visible(words.Title.Source))
	}
	return nil
}

// showRule prints what one rule looks for and what it says.
func (p *program) showRule(c *cli.Context) error {
	if c.NArg() != 1 {
		return &failure{exitUsage, "rules show", "it takes the name of one rule", `"forensic rules list" names them`}
	}
	rs, err := loadRules(c.StringSlice("rules"))
	if err != nil {
		return err
	}
	r, err := ruleNamed(rs, c.Args().First())
	if err != nil {
		return err
	}
	lang, _, err := p.langFlag(c)
	if err != nil {
		return err
	}
	p.show(r, lang)
	return nil
}
