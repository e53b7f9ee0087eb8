package main

import (
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"forensic"
	"forensic/event"
	"forensic/report"
)

func (p *program) timeline() *cli.Command {
	flags := []cli.Flag{
		&cli.StringFlag{Name: "format", Aliases: []string{"f"}, Usage: "`FORMAT` what goes to standard output: " + strings.Join(report.EventFormats, ", "), Value: "text"},
		&cli.StringSliceFlag{Name: "output", Aliases: []string{"o"}, Usage: "`FILE` also write this file; its ending picks the format: .csv .jsonl with events, .json .md .txt with the report; repeatable"},
		&cli.StringSliceFlag{Name: "host", Usage: "`HOST` only events of this host; repeatable"},
		&cli.StringSliceFlag{Name: "source", Usage: "`GLOB` only events of matching sources; repeatable"},
		&cli.StringFlag{Name: "level", Usage: "`LEVEL` only events at least as loud: trace, debug, info, notice, warning, error, critical"},
		&cli.StringSliceFlag{Name: "kind", Usage: "`GLOB` only events of matching kinds, such as zookeeper.*; repeatable"},
		&cli.StringFlag{Name: "grep", Usage: "`REGEXP` only events whose message matches"},
		&cli.StringFlag{Name: "around", Usage: "`TIME±D` only events near a time: 2014-11-24 15:38:33±10s (+- does as well)"},
		&cli.StringSliceFlag{Name: "finding", Usage: "`ID` only events that belong to a finding; repeatable"},
		&cli.BoolFlag{Name: "csv-bom", Usage: "begin CSV with a byte order mark, for spreadsheet programs that ask for it"},
	}
	return &cli.Command{
		Name: "timeline", Usage: "every event on one timeline", ArgsUsage: "PATH...",
		Description: "Events are sorted by time, those of unknown time come last. The rules run too, so that\neach event says which finding it belongs to.",
		Flags:       append(append(flags, readingFlags()...), lookFlags()...),
		Action:      p.runTimeline,
	}
}

func (p *program) runTimeline(c *cli.Context) error {
	format, err := choice(c, "format", report.EventFormats...)
	if err != nil {
		return err
	}
	want, err := wanted(c)
	if err != nil {
		return err
	}
	tell, err := p.telling(c)
	if err != nil {
		return err
	}
	opt, err := options(c)
	if err != nil {
		return err
	}
	opt.Several = c.NArg() > 1
	opt.KeepAll = true
	list := report.EventOptions{Format: format, BOM: c.Bool("csv-bom"), Want: want, Plain: c.Bool("verbose")}
	files, err := newFiles(c.StringSlice("output"), tell, list)
	if err != nil {
		return err
	}
	defer files.discard()
	paths, unread := p.readable(c)
	if len(paths) == 0 {
		return unread
	}
	if err := apart(paths, p.stdin, &opt, &files.out); err != nil {
		return err
	}
	out, err := report.NewEvents(p.stdout, list)
	if err != nil {
		return err
	}
	defer out.Abort()
	r, err := p.run(c, paths, opt, append(files.sinks(), out)...)
	if r == nil {
		return errors.Join(unread, err)
	}
	problems := []error{unread, err}
	if len(r.Sources) == 0 && r.Complete {
		problems = append(problems, nothingRead(paths, r))
	}
	problems = append(problems, files.finish(r), closes(r), verdict(c, r, 0), chosen(c, r, want, out.Listed()))
	return errors.Join(problems...)
}

// chosen tells why nothing is listed: a finding that there is not, or filters
// that no event passes.
func chosen(c *cli.Context, r *forensic.Result, w report.Want, listed int) error {
	for _, id := range w.Findings {
		if err := known("--finding "+id, id, r); err != nil {
			return err
		}
	}
	if listed > 0 || c.Bool("quiet") || len(r.Sources) == 0 {
		return nil
	}
	var hosts []string
	for i := range r.Hosts {
		if r.Hosts[i].Host != "" {
			hosts = append(hosts, r.Hosts[i].Host)
		}
	}
	do := "choose less narrowly"
	if len(w.Hosts) > 0 && len(hosts) > 0 && len(hosts) <= 20 {
		do += "; the hosts are " + strings.Join(hosts, ", ")
	}
	return &failure{exitDone, "timeline", "no event is chosen by these flags", do}
}

// wanted reads the flags that choose events.
func wanted(c *cli.Context) (report.Want, error) {
	w := report.Want{
		Hosts: c.StringSlice("host"), Sources: c.StringSlice("source"), Kinds: c.StringSlice("kind"), Findings: c.StringSlice("finding"),
	}
	if v := c.String("level"); v != "" {
		for l := event.TraceLevel; l < event.Levels; l++ {
			if l.String() == v {
				w.Level = l
			}
		}
		if w.Level == event.NoLevel {
			return w, badValue("level", v, "there is no such level", "it is trace, debug, info, notice, warning, error or critical")
		}
	}
	if v := c.String("grep"); v != "" {
		re, err := regexp.Compile(v)
		if err != nil {
			return w, badValue("grep", v, strings.TrimPrefix(err.Error(), "error parsing regexp: "), "correct the expression")
		}
		w.Grep = re
	}
	if v := c.String("around"); v != "" {
		at, width, ok := strings.Cut(strings.Replace(v, "+-", "±", 1), "±")
		d, err := time.ParseDuration(width)
		if !ok || err != nil || d < 0 || !isTime(at) {
			return w, badValue("around", v, "not TIME±LENGTH", `write "2014-11-24 15:38:33±10s"`)
		}
		w.Around, w.Within = at, d
	}
	return w, nil
}

// eventEndings are the endings of files that list events.
var eventEndings = []string{".csv", ".jsonl"}

// eventFormat tells the form in which a file lists events, "" where its ending
// asks for something else.
func eventFormat(name string) string {
	for _, ending := range eventEndings {
		if strings.HasSuffix(strings.ToLower(name), ending) {
			return ending[1:]
		}
	}
	return ""
}
