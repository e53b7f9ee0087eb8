package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"forensic/bundle"
	"forensic/parsers"
	"forensic/report"
)

func (p *program) formats() *cli.Command {
	return &cli.Command{
		Name: "formats", Usage: "what can be read; what a file was taken for, and why", ArgsUsage: "list|detect",
		Subcommands: []*cli.Command{
			{Name: "list", Usage: "every format, with the kinds of events it gives", Flags: []cli.Flag{&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "with kinds and their attributes", DisableDefaultText: true}}, Action: p.listFormats},
			{Name: "detect", Usage: "what each member is taken for, and what the other formats said", ArgsUsage: "PATH...", Flags: []cli.Flag{&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "what every format said", DisableDefaultText: true}}, Action: p.detectFormats},
		},
	}
}

// title is the first sentence of a doc text.
func title(doc string) string {
	doc, _, _ = strings.Cut(doc, "\n")
	if i := strings.Index(doc, ". "); i >= 0 {
		doc = doc[:i]
	}
	return strings.TrimSuffix(doc, ".")
}

func (p *program) listFormats(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	all := parsers.All()
	wide := 0
	for _, f := range all {
		wide = max(wide, len(f.Name))
	}
	for _, f := range all {
		fmt.Fprintf(p.stdout, "%-*s  %s\n", wide, f.Name, title(f.Doc))
		if !c.Bool("verbose") {
			continue
		}
		if len(f.Files) > 0 {
			fmt.Fprintf(p.stdout, "%*s  files: %s\n", wide, "", strings.Join(f.Files, " "))
		}
		for _, k := range f.Kinds {
			fmt.Fprintf(p.stdout, "%*s  %s: %s\n", wide, "", k.Name, k.Doc)
			if len(k.Attrs) > 0 {
				fmt.Fprintf(p.stdout, "%*s      %s\n", wide, "", strings.Join(k.Attrs, " "))
			}
		}
	}
	return nil
}

// noArguments refuses what a verb would not look at.
func noArguments(c *cli.Context) error {
	if c.NArg() > 0 {
		return &failure{exitUsage, c.Args().First(), verbOf(c) + " takes no arguments", "leave it out"}
	}
	return nil
}

func (p *program) detectFormats(c *cli.Context) error {
	paths, failed := p.readable(c)
	if len(paths) == 0 {
		return failed
	}
	roots, err := bundle.Roots(paths)
	if err != nil {
		return err
	}
	most := 2
	if c.Bool("verbose") {
		most = len(parsers.All())
	}
	head := make([]byte, parsers.HeadSize)
	for _, root := range roots {
		for m, err := range root.Open(c.Context, bundle.DefaultLimits()) {
			var fault *bundle.Fault
			switch {
			case m != nil && err == nil:
				start, _, reading := parsers.ReadHead(m, head)
				p.detected(m.Path, start, most, reading)
				if reading == nil {
					_, reading = io.Copy(io.Discard, m)
				}
				if reading != nil && !errors.As(reading, &fault) {
					return reading
				}
				if err := m.Close(); err != nil && !errors.As(err, &fault) {
					return err
				}
			case errors.As(err, &fault):
				fmt.Fprintf(p.stdout, "%s: %s\n", report.Visible(fault.Path), report.Visible(fault.What))
			case err != nil:
				return err
			}
		}
	}
	return failed
}

// detected prints what a member is, why, and what the next formats said.
func (p *program) detected(path string, head []byte, most int, damage error) {
	f, guesses := parsers.Detect(path, head)
	name := f.Name
	if name == "" {
		name = "not read"
	}
	fmt.Fprintf(p.stdout, "%s: %s\n", report.Visible(path), name)
	for i, g := range guesses {
		if i >= most || g.Score.Points == 0 && i > 0 && most < len(guesses) {
			break
		}
		fmt.Fprintf(p.stdout, "    %-12s %3.0f%%  %s\n", g.Format, g.Score.Points*100, report.Visible(g.Score.Why))
	}
	if damage != nil {
		fmt.Fprintf(p.stdout, "    %s\n", report.Visible(damage.Error()))
	}
}
