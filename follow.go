package forensic

import (
	"context"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"forensic/bundle"
	"forensic/correlate"
	"forensic/event"
	"forensic/parsers"
)

// FollowOptions are what a user decides about following, beside the options of
// every analysis.
type FollowOptions struct {
	Options
	Back       time.Duration // files that are there are read so far back; 0: only what is written from now on
	Whole      bool          // or from their beginning
	Checkpoint string        // file that says how far each log was read
	KeepBytes  int64         // compressed, of what is kept for the report; 0: 1 GiB
	KeepFor    time.Duration // 0: 24 hours
	Poll       bool          // without a watcher
	Stdin      io.Reader     // what "-" stands for

	Changed func(Change)       // what became of a finding; called in order, by one goroutine
	Told    func(bundle.Fault) // what is odd, as it happens; it may come from several goroutines
	Report  <-chan Asked       // reports that are asked for while following goes on
}

// Asked is one of them: sinks that get the events and the result of what is
// kept, and where the result goes.
type Asked struct {
	Sinks []Sink
	Done  func(*Result, error)
}

// Follow reads paths, which are one incident, while they grow. The same formats
// and rules are at work as in Analyze, on provisional clocks; opt.Changed is told
// of findings as they begin, grow and clear. When ctx ends, or all there is to
// follow, what is kept is analysed as Analyze does, and that is the result.
func Follow(ctx context.Context, paths []string, opt FollowOptions, sinks ...Sink) (*Result, error) {
	rs, err := opt.rules()
	if err != nil {
		return nil, err
	}
	readers, err := correlate.Compile(rs)
	if err != nil {
		return nil, err
	}
	live, err := correlate.Compile(rs)
	if err != nil {
		return nil, err
	}
	f := &follower{opt: opt, paths: paths, readers: readers, hub: newHub(live, opt.Changed)}
	f.begun = time.Now()
	f.name, _ = os.Hostname()
	f.name, _, _ = strings.Cut(f.name, ".")
	if f.logs, err = bundle.Follow(ctx, paths, f.options()); err != nil {
		return nil, err
	}
	defer f.logs.Close()

	var reading, rest sync.WaitGroup
	over := make(chan struct{})
	rest.Go(func() { f.hub.run(over) })
	rest.Go(func() { f.answer(ctx, over) })
	for l := range f.logs.Logs() {
		reading.Go(func() { f.read(context.WithoutCancel(ctx), l) })
	}
	reading.Wait() // every log gave what was written until the end
	close(over)
	rest.Wait()
	return f.report(context.WithoutCancel(ctx), sinks)
}

// A follower is one run of Follow.
type follower struct {
	opt     FollowOptions
	paths   []string
	readers *correlate.Engine // selects, and never observes
	logs    *bundle.Following
	hub     *hub
	begun   time.Time
	name    string // of this machine, whose files they are
}

func (f *follower) options() bundle.FollowOptions {
	o := bundle.FollowOptions{
		Whole: f.opt.Whole, Checkpoint: f.opt.Checkpoint, Temp: f.opt.Temp, KeepBytes: f.opt.KeepBytes, KeepFor: f.opt.KeepFor,
		Poll: f.opt.Poll, Stdin: f.opt.Stdin,
		Tell: func(x *bundle.Fault) {
			if f.opt.Told != nil {
				f.opt.Told(*x)
			}
		},
	}
	if f.opt.Back > 0 {
		o.Since = f.begun.Add(-f.opt.Back)
		o.Older = func(path string, block []byte) bool {
			at, ok := f.firstTime(path, block)
			return ok && at < o.Since.UnixNano()
		}
	}
	return o
}

// firstTime is the provisional time of the first record of a block that has one.
func (f *follower) firstTime(path string, block []byte) (int64, bool) {
	format, _ := f.format(path, block)
	if format.Name == "" {
		return 0, false
	}
	at := event.NoTime
	s := &liveSource{f: f, local: true}
	in := &parsers.Input{Path: path, Reader: strings.NewReader(string(block))}
	_ = format.Read(context.Background(), in, func(ev *event.Event) error {
		if at = s.timeOf(&ev.Stamp, f.begun); at != event.NoTime {
			return io.EOF
		}
		return nil
	})
	return at, at != event.NoTime
}

// format is how a log is read.
func (f *follower) format(path string, head []byte) (parsers.Format, []parsers.Guess) {
	w := &worker{gatherer: &gatherer{opt: f.opt.Options}}
	return w.format(path, head)
}

// report analyses what is kept.
func (f *follower) report(ctx context.Context, sinks []Sink) (*Result, error) {
	root, faults := f.logs.Kept()
	return analyze(ctx, f.paths, []bundle.Root{root}, faults, f.opt.Options, sinks)
}

// answer writes the reports that are asked for while following goes on.
func (f *follower) answer(ctx context.Context, over <-chan struct{}) {
	for {
		select {
		case <-over:
			return
		case a := <-f.opt.Report:
			r, err := f.report(ctx, a.Sinks)
			a.Done(r, err)
		}
	}
}
