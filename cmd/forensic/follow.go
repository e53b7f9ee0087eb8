package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"forensic"
	"forensic/bundle"
	"forensic/report"
)

func (p *program) follow() *cli.Command {
	flags := []cli.Flag{
		&cli.StringFlag{Name: "format", Aliases: []string{"f"}, Usage: "`FORMAT` what goes to standard output: text, or jsonl with one object a change", Value: "text", DefaultText: "text"},
		&cli.StringFlag{Name: "since", Usage: "`LENGTH` read back so far first, through older generations: 10m, 2h"},
		&cli.StringSliceFlag{Name: "output", Aliases: []string{"o"}, Usage: "`FILE` write this file at the end, and on SIGUSR1; its ending picks the format: .html .json .md .txt, and .csv .jsonl with every event; repeatable"},
		&cli.StringFlag{Name: "notify", Usage: "`CMD` run a command for each finding that opens, grows or clears, with it as JSON on standard input"},
		&cli.StringFlag{Name: "checkpoint", Usage: "`FILE` how far each file was read: after a restart every line is there once"},
		&cli.StringFlag{Name: "template", Usage: "`NAME` shape of the Markdown: sre, brief, fupan, notice, or a file", Value: "sre"},
		&cli.StringFlag{Name: "severity", Usage: "`LEVEL` only findings of this level and above: info, warning, error, critical"},
		&cli.StringFlag{Name: "fail-on", Usage: "`LEVEL` exit 3 when a finding of this level or above stands at the end"},
	}
	for _, f := range readingFlags() {
		switch f.Names()[0] {
		case "since", "until", "jobs", "progress":
		default:
			flags = append(flags, f)
		}
	}
	return &cli.Command{
		Name: "follow", Usage: "the same analysis on files that are still growing", ArgsUsage: "FILE...",
		Description: "FILE is a file (there or not yet), a folder or a pattern, in which new files join, a capture that\nis being written, or - for standard input. Findings are told as they open, grow and clear, on\nprovisional clocks; a terminal gets a screen: q ends, p pauses it, enter shows evidence. Ctrl-C\nends following as q does; what was followed is then analysed as \"forensic analyze\" does it, and\nthat is what -o writes.",
		Flags:       append(flags, lookFlags()...),
		Action:      p.runFollow,
	}
}

func (p *program) runFollow(c *cli.Context) error {
	format, err := choice(c, "format", "text", "jsonl")
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
	opt, err := p.followOptions(c)
	if err != nil {
		return err
	}
	files, err := newFiles(c.StringSlice("output"), tell, report.EventOptions{})
	if err != nil {
		return err
	}
	files.discard() // they are made anew whenever they are written
	opt.KeepAll = files.wantEvents()
	if c.NArg() == 0 {
		return &failure{exitUsage, "follow", "no FILE was given", "name a file, a folder, a pattern, or - for standard input"}
	}
	paths := c.Args().Slice()
	if err := followable(p, paths); err != nil {
		return err
	}
	run := &following{p: p, c: c, tell: tell, format: format, began: time.Now(), quiet: c.Bool("quiet")}
	r, err := run.run(paths, opt)
	if err != nil {
		return followFailure(err, opt)
	}
	problems := []error{run.failed(), run.write(r.sinks, r.files, r.result), closes(r.result), verdict(c, r.result, failOn)}
	run.summary(r.result)
	return errors.Join(problems...)
}

// followOptions reads the flags.
func (p *program) followOptions(c *cli.Context) (forensic.FollowOptions, error) {
	o := forensic.FollowOptions{Checkpoint: c.String("checkpoint"), Stdin: p.stdin}
	o.Disable, o.Temp = c.StringSlice("disable"), c.String("temp")
	o.Limits.Hash = !c.Bool("no-hash")
	for _, read := range []func(*cli.Context, *forensic.Options) error{readClocks, readBounds, readFormats, readRules} {
		if err := read(c, &o.Options); err != nil {
			return o, err
		}
	}
	if v := c.String("since"); v != "" {
		d, err := time.ParseDuration(v)
		if err != nil || d <= 0 {
			return o, badValue("since", v, "not a length of time", "write how far to read back from now, such as 10m or 2h")
		}
		o.Back = d
	}
	if o.Checkpoint != "" {
		if info, err := os.Stat(filepath.Dir(o.Checkpoint)); err != nil || !info.IsDir() {
			return o, badValue("checkpoint", o.Checkpoint, "there is no folder "+filepath.Dir(o.Checkpoint), "make it, or name another file")
		}
	}
	return o, nil
}

// followable refuses what cannot be followed.
func followable(p *program, paths []string) error {
	stdin := false
	for _, path := range paths {
		switch {
		case path == "":
			return &failure{exitUsage, "follow ''", "the name is empty", "name a file, a folder or a pattern"}
		case path == "-" && stdin:
			return &failure{exitUsage, "-", "standard input can be read once", "name it once"}
		case path == "-" && isTerminalReader(p.stdin):
			return &failure{exitUsage, "-", "standard input is a terminal", "pipe something into it, or name a file"}
		}
		stdin = stdin || path == "-"
	}
	return nil
}

// followFailure words what ended following.
func followFailure(err error, opt forensic.FollowOptions) error {
	var f *failure
	if errors.As(err, &f) || errors.Is(err, errClosed) {
		return err
	}
	var n *bundle.NotFollowed
	if errors.As(err, &n) {
		return &failure{exitFailed, n.What, n.Why, n.Do}
	}
	return analysisFailure(err, opt.Options)
}

// A following is one run of the verb.
type following struct {
	p      *program
	c      *cli.Context
	tell   telling
	format string
	began  time.Time
	quiet  bool

	mu      sync.Mutex
	err     error // of standard output
	shown   map[string]int
	screen  *screen
	notify  *notifier
	changes int
}

// finished is what following came to.
type finished struct {
	result *forensic.Result
	files  *files
	sinks  error
}

// run follows until it is told to end: by a signal, by q, or by the end of
// standard input. A second signal ends the program at once.
func (f *following) run(paths []string, opt forensic.FollowOptions) (*finished, error) {
	ctx, stop := context.WithCancel(f.c.Context)
	defer stop()
	asked := make(chan forensic.Asked)
	opt.Report = asked
	opt.Changed, opt.Told = f.changed, f.told
	f.notify = newNotifier(f.c.String("notify"), f.told)
	if f.format == "text" && isTerminal(f.p.stdout.w) && isTerminalReader(os.Stdin) {
		f.screen = newScreen(f.p.stdout.w.(*os.File), os.Stdin, f.tell, paths, stop)
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, append(followSignals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)...)
	over := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { f.listen(ctx, signals, over, asked, stop) })
	f.screen.start()
	out := &finished{}
	final, err := newFiles(f.c.StringSlice("output"), f.tell, report.EventOptions{})
	if err == nil {
		out.files = final
		out.result, err = forensic.Follow(ctx, paths, opt, final.sinks()...)
	}
	f.screen.stop()
	signal.Stop(signals)
	close(over)
	wg.Wait()
	f.notify.close()
	if out.result == nil {
		final.discard()
		return nil, err
	}
	out.sinks = err
	return out, nil
}

// listen acts on signals.
func (f *following) listen(ctx context.Context, signals <-chan os.Signal, over <-chan struct{}, asked chan<- forensic.Asked, stop func()) {
	for {
		select {
		case <-over:
			return
		case s := <-signals:
			switch {
			case isReportSignal(s):
				f.report(ctx, asked, over)
			case ctx.Err() != nil:
				f.screen.stop()
				os.Exit(exitInterrupted)
			default:
				stop()
			}
		}
	}
}

// report writes the -o files while following goes on.
func (f *following) report(ctx context.Context, asked chan<- forensic.Asked, over <-chan struct{}) {
	names := f.c.StringSlice("output")
	if len(names) == 0 {
		f.say("SIGUSR1: no -o FILE was given, so there is nothing to write")
		return
	}
	files, err := newFiles(names, f.tell, report.EventOptions{})
	if err != nil {
		f.sayError(err)
		return
	}
	a := forensic.Asked{Sinks: files.sinks(), Done: func(r *forensic.Result, err error) {
		if err = errors.Join(err, f.write(nil, files, r)); err != nil {
			f.sayError(err)
			return
		}
		f.say(fmt.Sprintf("the report was written: %v", names))
	}}
	select {
	case asked <- a:
	case <-ctx.Done():
		files.discard()
	case <-over:
		files.discard()
	}
}

// write finishes the files of a result.
func (f *following) write(err error, files *files, r *forensic.Result) error {
	if r == nil || err != nil {
		files.discard()
		return err
	}
	return files.finish(r)
}

// changed takes a change of a finding.
func (f *following) changed(c forensic.Change) {
	machine, ok := report.NewChange(&c, f.tell.machines)
	if !ok {
		return
	}
	people, _ := report.NewChange(&c, f.tell.people)
	f.mu.Lock()
	defer f.mu.Unlock()
	if !c.Minor && !c.Resumed {
		f.notify.take(machine)
	}
	if f.screen != nil {
		f.screen.change(people)
		return
	}
	if c.Minor || f.err != nil {
		return
	}
	f.changes++
	line := []byte(people.Sentence(f.tell.people.Lang, time.Local) + "\n")
	if f.format == "jsonl" {
		var err error
		if line, err = machine.JSONLine(); err != nil {
			f.err = err
			return
		}
	}
	_, f.err = f.p.stdout.Write(line)
}

func (f *following) failed() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// told takes what is odd about what is followed.
func (f *following) told(x bundle.Fault) {
	what := x.What
	if x.At != "" {
		what += ", at " + x.At
	}
	if x.Path != "" {
		what = x.Path + ": " + what
	}
	f.say(what)
}

func (f *following) sayError(err error) {
	for _, one := range flatten(err) {
		f.say(asFailure(one).Error()[len("forensic: "):])
	}
}

// say tells something that is no result.
func (f *following) say(what string) {
	if f.screen != nil {
		f.screen.note(report.Visible(what))
		return
	}
	if !f.quiet {
		f.mu.Lock()
		defer f.mu.Unlock()
		fmt.Fprintln(f.p.stderr, "forensic: "+report.Visible(what))
	}
}

// summary says on standard error what following came to.
func (f *following) summary(r *forensic.Result) {
	if f.quiet {
		return
	}
	lines, bytes := 0, int64(0)
	for i := range r.Sources {
		lines += r.Sources[i].Account.Lines
		bytes += r.Sources[i].Account.Bytes
	}
	fmt.Fprintf(f.p.stderr, "forensic: followed for %s: %d files, %d lines, %d bytes, %d findings once clocks are settled\n",
		time.Since(f.began).Round(time.Second), len(r.Sources), lines, bytes, len(r.Findings))
}
