package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/urfave/cli/v2"

	"forensic"
	"forensic/report"
)

// run calls the analysis. The first Ctrl-C stops the reading: what was read is
// reported, marked as incomplete. The second ends the program at once.
func (p *program) run(c *cli.Context, paths []string, opt forensic.Options, sinks ...forensic.Sink) (*forensic.Result, error) {
	show, err := p.progress(c, paths)
	if err != nil {
		return nil, err
	}
	if show != nil {
		opt.Progress, opt.Limits.Read = show.note, &show.read
		defer show.end()
	}
	ctx, stop := context.WithCancel(c.Context)
	defer stop()
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	over := make(chan struct{})
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		for range 2 {
			select {
			case <-signals:
				if ctx.Err() != nil {
					os.Exit(exitInterrupted)
				}
				stop()
			case <-over:
				return
			}
		}
	}()
	defer func() {
		signal.Stop(signals)
		close(over)
		<-watched
	}()
	r, err := forensic.Analyze(ctx, paths, opt, sinks...)
	if err != nil {
		return r, analysisFailure(err, opt)
	}
	return r, nil
}

// analysisFailure words what ended an analysis.
func analysisFailure(err error, opt forensic.Options) error {
	var f *failure
	if errors.As(err, &f) || errors.Is(err, errClosed) {
		return err
	}
	var unwritten *report.WriteError
	if errors.As(err, &unwritten) {
		return writeFailure(err)
	}
	temp := opt.Temp
	if temp == "" {
		temp = os.TempDir()
	}
	var refused syscall.Errno
	if errors.As(err, &refused) { // what is wrong with an input is no error but a problem of it
		return &failure{exitFailed, "write temporary files to " + temp, why(err), "free space, or name another folder with --temp"}
	}
	return fmt.Errorf("analyze: %w", err)
}
