// Package forensic is the whole pipeline: it opens what it is given, reads every
// member by its format, puts what they say on one timeline, runs the rules over
// it, and hands events and result to sinks. It is the one package that knows all
// stages; each stage knows only the events that pass between them.
//
//	bundle ──▶ parsers ──▶ timeline ──────────▶ correlate ──▶ findings ─┐
//	members    events      gather│settle│replay  rules                  ├─▶ sinks
//	(bytes)    pcap: flows   events, in order ───────────────────────────┘
//
// What a rule asks of a single event is answered while its text is in the cache
// (Select); only what some rule, a clock or the caller asks for goes on to the
// timeline, and the rest is counted.
package forensic

import (
	"context"
	"errors"
	"fmt"

	"forensic/bundle"
	"forensic/correlate"
	"forensic/event"
	"forensic/rules"
	"forensic/timeline"
)

// Analyze reads paths, which are one incident, and returns what it found. Each
// sink gets the events of the timeline, in order, and then the result.
//
// Damage in an input is part of the result. An error means that the job could
// not be done; where the result is not nil it holds what could be read.
func Analyze(ctx context.Context, paths []string, opt Options, sinks ...Sink) (*Result, error) {
	roots, err := bundle.Roots(paths)
	if err != nil {
		return nil, err
	}
	if opt.Several {
		bundle.Labelled(roots)
	}
	return analyze(ctx, paths, roots, nil, opt, sinks)
}

// analyze is Analyze for what is open already, with the faults that were met
// before.
func analyze(ctx context.Context, paths []string, roots []bundle.Root, faults []*bundle.Fault, opt Options, sinks []Sink) (*Result, error) {
	rs, err := opt.rules()
	if err != nil {
		return nil, err
	}
	engine, err := correlate.Compile(rs)
	if err != nil {
		return nil, err
	}
	if opt.Watch != "" {
		if err := engine.Watch(opt.Watch); err != nil {
			return nil, err
		}
	}
	dir, remove := temporary(opt.Temp)
	defer remove()
	opt.Temp = dir
	line := timeline.New(opt.Temp)
	defer line.Close()

	g := newGatherer(opt, engine, line)
	for _, f := range faults {
		g.faults = append(g.faults, *f)
	}
	if err := g.gather(ctx, roots); err != nil {
		return nil, err
	}
	interrupted := ctx.Err() != nil
	ctx = context.WithoutCancel(ctx) // what was read is told, even after an interruption

	sources := g.sourcesByPath() // before inputs, which lists the damage that no source has taken
	r := &Result{Complete: !interrupted, Rules: rs, Inputs: g.inputs(paths, roots), Skipped: g.skippedByPath(), Members: int(g.told.Load())}
	r.Hosts = line.Settle(sources, opt.clock())
	r.Limits = append(r.Limits, line.Limits()...)
	r.Coverage = line.Coverage()
	r.settle(line, sources)
	r.limits(g.limits)
	within, err := opt.window(r)
	if err != nil {
		return nil, err
	}
	engine.Quote, engine.HostOf, engine.Order = line.Text, hostOf(r.Hosts), line.Order
	engine.In, _ = r.Zone()
	engine.Sources = kindSources
	engine.Cover(r.Coverage)
	for ev, err := range line.Selected(ctx) {
		if err != nil {
			return nil, err
		}
		if within.holds(ev.At) {
			engine.Observe(ev)
		}
	}
	c := engine.Close(r.Coverage)
	r.conclude(c)
	r.observe(engine.Observations(g.miners, c, r.Coverage, within.holds, line.At))
	r.notChecked(c.Stopped)
	if err := line.Unread(); err != nil {
		return nil, err
	}
	return r, tell(ctx, line, within, r, engine, sinks)
}

// tell hands events and result to the sinks.
func tell(ctx context.Context, line *timeline.Timeline, within window, r *Result, engine *correlate.Engine, sinks []Sink) error {
	for _, s := range sinks {
		if b, ok := s.(interface {
			Begin(r *Result, of func(*event.Event, []string) []string) error
		}); ok {
			if err := b.Begin(r, engine.Of); err != nil {
				return err
			}
		}
	}
	if wantsEvents(sinks) {
		for ev, err := range line.Replay(ctx) {
			if err != nil {
				return err
			}
			if !within.holds(ev.At) {
				continue
			}
			for _, s := range sinks {
				if err := s.Event(ev); err != nil {
					return err
				}
			}
		}
	}
	var all []error
	for _, s := range sinks {
		all = append(all, s.Close(r))
	}
	return errors.Join(all...)
}

// wantsEvents is false where every sink says that it only wants the result, so
// that the timeline need not be replayed for it.
func wantsEvents(sinks []Sink) bool {
	for _, s := range sinks {
		if o, ok := s.(interface{ ResultOnly() bool }); !ok || !o.ResultOnly() {
			return true
		}
	}
	return false
}

// rules returns the rules to run: the given or the embedded ones, less the
// disabled.
func (o Options) rules() ([]rules.Rule, error) {
	rs := o.Rules
	if rs == nil {
		var err error
		if rs, err = rules.Builtin(); err != nil {
			return nil, err
		}
	}
	var on []rules.Rule
	off := map[string]bool{}
	for _, id := range o.Disable {
		off[id] = true
	}
	for _, r := range rs {
		if off[r.Name] {
			delete(off, r.Name)
			continue
		}
		on = append(on, r)
	}
	for _, id := range o.Disable {
		if off[id] {
			return nil, fmt.Errorf("--disable %s: no such rule", id)
		}
	}
	return on, nil
}
