package forensic

import (
	"cmp"
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"forensic/bundle"
	"forensic/correlate"
	"forensic/event"
	"forensic/timeline"
)

// A gatherer reads the members of all inputs, several inputs at a time, and
// collects what they are; the events go to the timeline.
type gatherer struct {
	opt    Options
	engine *correlate.Engine
	line   *timeline.Timeline
	begun  time.Time

	ids     atomic.Int64
	members atomic.Int64 // opened
	told    atomic.Int64 // given by the walk, opened or not
	bytes   atomic.Int64

	jobs int                 // workers
	idle chan *bundle.Member // taken by those that have walked all there is

	mu      sync.Mutex
	miners  []*correlate.Miner
	sources []*event.Source
	skipped []Skipped
	faults  []bundle.Fault
	limits  []string // of the bundle's that were reached, each with its path
}

func newGatherer(opt Options, engine *correlate.Engine, line *timeline.Timeline) *gatherer {
	return &gatherer{opt: opt, engine: engine, line: line, begun: time.Now(), idle: make(chan *bundle.Member)}
}

// gather walks every root. Each worker has a lane of its own, so nothing is
// shared while events are read; which worker reads what changes nothing in the
// result, since order comes from paths.
func (g *gatherer) gather(ctx context.Context, roots []bundle.Root) error {
	jobs := g.opt.Jobs
	switch {
	case g.opt.Slow:
		jobs = 1
	case jobs <= 0:
		jobs = min(runtime.GOMAXPROCS(0), 4)
	}
	g.jobs = jobs
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var next atomic.Int64
	var wg, walking sync.WaitGroup
	walking.Add(jobs)
	wg.Go(func() {
		walking.Wait()
		close(g.idle)
	})
	for range jobs {
		wg.Go(func() {
			w := &worker{gatherer: g, lane: g.line.Lane(), miner: g.miner()}
			if g.opt.Limits.Hash {
				w.hash = newHasher()
				defer w.hash.close()
			}
			for i := int(next.Add(1)) - 1; i < len(roots) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if err := w.walk(ctx, roots[i]); err != nil {
					stop(err)
				}
			}
			walking.Done()
			for m := range g.idle {
				if err := w.read(ctx, m); err != nil {
					stop(err)
				}
			}
		})
	}
	wg.Wait()
	if err := context.Cause(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// miner returns a new one, which the end of the reading will ask.
func (g *gatherer) miner() *correlate.Miner {
	m := correlate.NewMiner()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.miners = append(g.miners, m)
	return m
}

// sourcesByPath returns the sources in the order of their paths, with the
// faults of their members among their problems.
func (g *gatherer) sourcesByPath() []event.Source {
	byPath := map[string]*event.Source{}
	for _, s := range g.sources {
		if s.Section == "" {
			byPath[s.Path] = s
		}
	}
	var loose []bundle.Fault
	for _, f := range g.faults {
		if s := byPath[f.Path]; s != nil {
			s.Problems = append(s.Problems, event.Problem{What: f.WithLines(s.Account.Lines), At: f.At, Times: 1})
		} else {
			loose = append(loose, f)
		}
	}
	g.faults = loose
	out := make([]event.Source, 0, len(g.sources))
	for _, s := range g.sources {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b event.Source) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), strings.Compare(a.Section, b.Section))
	})
	return out
}

func (g *gatherer) skippedByPath() []Skipped {
	slices.SortFunc(g.skipped, func(a, b Skipped) int { return strings.Compare(a.Path, b.Path) })
	return g.skipped
}
