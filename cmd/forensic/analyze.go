package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"forensic"
	"forensic/report"
	"forensic/rules"
)

func (p *program) analyze() *cli.Command {
	flags := []cli.Flag{
		&cli.StringFlag{Name: "format", Aliases: []string{"f"}, Usage: "`FORMAT` what goes to standard output: text, json, markdown, html", Value: "text", DefaultText: "text"},
		&cli.StringSliceFlag{Name: "output", Aliases: []string{"o"}, Usage: "`FILE` also write this file; its ending picks the format: .html .json .md .txt, and .csv .jsonl with every event; repeatable"},
		&cli.StringFlag{Name: "template", Usage: "`NAME` shape of the Markdown: sre, brief, fupan, notice, or a file", Value: "sre"},
		&cli.StringFlag{Name: "severity", Usage: "`LEVEL` only findings of this level and above: info, warning, error, critical"},
		&cli.StringSliceFlag{Name: "export-packets", Usage: "`FINDING=FILE.pcapng` the packets of a finding's connections, from a second pass over the captures; repeatable"},
		&cli.StringFlag{Name: "fail-on", Usage: "`LEVEL` exit 3 when a finding of this level or above stands"},
	}
	return &cli.Command{
		Name: "analyze", Usage: "read, settle clocks, look for known patterns, report", ArgsUsage: "PATH...",
		Description: "PATH is a folder, a file, an archive (tar, tgz, zip, gz, xz, zst, bz2, nested), or - for\nstandard input. Several PATHs are one incident.",
		Flags:       append(append(flags, readingFlags()...), lookFlags()...),
		Action:      p.runAnalyze,
	}
}

func (p *program) runAnalyze(c *cli.Context) error {
	format, err := choice(c, "format", "text", "json", "markdown", "html")
	if err != nil {
		return err
	}
	tell, err := p.telling(c)
	if err != nil {
		return err
	}
	failOn, err := severityFlag(c, "fail-on")
	if err != nil {
		return err
	}
	opt, err := options(c)
	if err != nil {
		return err
	}
	files, err := newFiles(c.StringSlice("output"), tell, report.EventOptions{})
	if err != nil {
		return err
	}
	defer files.discard()
	packets, err := newPackets(c)
	if err != nil {
		return err
	}
	defer packets.out.Discard()
	paths, unread := p.readable(c)
	if len(paths) == 0 {
		return unread
	}
	opt.Several = c.NArg() > 1
	if err := apart(paths, p.stdin, &opt, &files.out, &packets.out); err != nil {
		return err
	}
	opt.KeepAll = files.wantEvents()
	sinks := append(files.sinks(), packets.sinks()...)
	if tell.kept = files.telling.kept; format == "html" && tell.kept == nil {
		tell.kept = report.NewKept()
		sinks = append(sinks, tell.kept)
	}
	r, err := p.run(c, paths, opt, sinks...)
	if r == nil {
		return errors.Join(unread, err)
	}
	problems := []error{unread, err}
	if len(r.Sources) == 0 && r.Complete {
		problems = append(problems, nothingRead(paths, r))
	}
	if len(r.Sources) > 0 || !r.Complete || format != "text" {
		problems = append(problems, tell.to(p.stdout, format, r))
	}
	problems = append(problems, files.finish(r), packets.write(c, r, paths, opt), closes(r), verdict(c, r, failOn))
	return errors.Join(problems...)
}

// verdict turns what was found, or not read, into exit codes.
func verdict(c *cli.Context, r *forensic.Result, failOn rules.Severity) error {
	var met []error
	if !r.Complete {
		met = append(met, status(exitInterrupted))
	}
	if c.String("fail-on") != "" {
		for _, f := range r.Findings {
			if f.Severity >= failOn {
				met = append(met, status(exitFound))
				break
			}
		}
	}
	if c.Bool("strict") {
		if what := incomplete(r); what != "" {
			met = append(met, &failure{exitIncomplete, "--strict", what, "the end of the report lists it"})
		}
	}
	return errors.Join(met...)
}

// incomplete says what part of the input could not be read.
func incomplete(r *forensic.Result) string {
	problems := 0
	for _, in := range r.Inputs {
		problems += len(in.Faults)
	}
	for i := range r.Sources {
		a := &r.Sources[i].Account
		if a.Unparsed > 0 || a.Skipped > 0 || a.BadPackets > 0 || len(r.Sources[i].Problems) > 0 {
			problems++
		}
	}
	if len(r.Skipped)+problems == 0 {
		return ""
	}
	return fmt.Sprintf("not read: %d, read only in part: %d", len(r.Skipped), problems)
}

// nothingRead words the failure of a run that found nothing to read.
func nothingRead(paths []string, r *forensic.Result) error {
	do := fmt.Sprintf("%q says what each format thinks of it", "forensic formats detect FILE")
	switch len(r.Skipped) {
	case 0:
		why := "there is no file in it"
		for _, in := range r.Inputs {
			for _, f := range in.Faults {
				why = f.What
			}
		}
		return &failure{exitFailed, "read " + paths[0], why, "name the folder or archive that holds the logs"}
	case 1:
		if why, better := remedy(r.Skipped[0].Why); better != "" {
			return &failure{exitFailed, "open " + r.Skipped[0].Path, why, better}
		}
		return &failure{exitFailed, "read " + r.Skipped[0].Path, r.Skipped[0].Why, do}
	}
	return &failure{exitFailed, "read " + paths[0], fmt.Sprintf("none of its %d members is a log or capture that can be read; the first is %s: %s", len(r.Skipped), r.Skipped[0].Path, r.Skipped[0].Why), do}
}

// remedy parts a reason into why and what to do, where it says so or is one of
// those for which looking at formats is of no use.
func remedy(why string) (cause, do string) {
	if cause, do, ok := strings.Cut(why, "; unpack it"); ok {
		return cause, "unpack it" + do
	}
	for _, r := range []struct{ begins, do string }{
		{"encrypted", "unpack it with its password and name the folder"},
		{"compressed with method", "unpack it and name the folder"},
		{"nested more than", "unpack it and name the folder"},
		{"sparse file", "unpack it and name the folder"},
		{"the file is empty", "name a file with something in it"},
		{"the file holds", "ask for the file again; there is nothing to read in this one"},
		{"it is a web page", "download the file again"},
		{"zstd data needs a dictionary", "unpack it with its dictionary and name the folder"},
		{"permission denied", "run as its owner, or name a copy that you may read"},
	} {
		if strings.HasPrefix(why, r.begins) {
			return why, r.do
		}
	}
	return why, ""
}

// closes finds accounts that do not close.
func closes(r *forensic.Result) error {
	var all []error
	for _, s := range report.Unclosed(report.New(r, report.Options{})) {
		all = append(all, &failure{exitFailed, "account of " + s, "this is a bug of forensic", "please report it with the output of -f json"})
	}
	return errors.Join(all...)
}
