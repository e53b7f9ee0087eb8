package bundle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hpcloud/tail"
)

// The timing rules of following.
const (
	pollEvery   = 250 * time.Millisecond // files are looked at so often, watcher or not
	lookSoon    = 20 * time.Millisecond  // and so often, while something comes
	listEvery   = time.Second            // folders and patterns are listed so often
	quietAfter  = time.Second            // a log is quiet when nothing came for so long
	unfinished  = 5 * time.Second        // a line without end is told after so long
	retireAfter = 10 * time.Second       // a renamed file is left after so long a silence
	saveEvery   = time.Second            // a checkpoint is written so often, if anything came
)

// maxLogs bounds how many files are followed at the same time.
const maxLogs = 4096

// FollowOptions say what is read of files that are still growing, and what of it
// is kept.
type FollowOptions struct {
	// Since is from when on files that are there already are read; the zero time
	// leaves out what they hold. Whole begins them all at their first byte.
	Since time.Time
	Whole bool
	// Older tells whether a block of whole lines, of the file at path, begins
	// before Since. Nil: a file changed since then is read whole.
	Older func(path string, block []byte) bool

	Checkpoint string        // file that says how far each log was read; "" for none
	Temp       string        // folder for what is kept where there is no checkpoint; "": the system's
	KeepBytes  int64         // compressed bytes that are kept; 0: 1 GiB
	KeepFor    time.Duration // and for how long; 0: 24 hours
	Poll       bool          // look at the files from time to time only, without a watcher
	Stdin      io.Reader     // what "-" stands for; nil: standard input

	// Tell gets what is odd, as it happens, from several goroutines. The Faults
	// are kept too, and walked with what is kept.
	Tell func(*Fault)
}

// A NotFollowed says why following did not begin: what it was about, why, and
// what to do.
type NotFollowed struct{ What, Why, Do string }

func (e *NotFollowed) Error() string { return e.What + ": " + e.Why + ": " + e.Do }

// A Following reads files that are still growing. The descriptors it holds and
// the offsets it counts are the truth; the watcher only says when to look.
type Following struct {
	opt   FollowOptions
	paths []string
	specs []*spec

	ctx    context.Context
	stop   context.CancelFunc
	kept   *keptStore
	fresh  chan struct{} // there are new logs in queue
	poke   chan struct{} // look now
	keeper sync.WaitGroup
	ended  chan struct{} // closed by the keeper
	pumps  sync.WaitGroup
	watch  bool // a watcher may be used

	mu     sync.Mutex
	logs   []*Log
	queue  []*Log // found, and not given yet
	byPath map[string]*Log
	faults []*Fault
	told   map[string]bool // problems of PATHs that stand
	open   atomic.Int64    // logs that have not ended
	saved  time.Time
	dirty  atomic.Bool
	state  *checkpoint // what was resumed from; nil: nothing
}

// Follow begins to follow paths: files (there or not yet), folders, patterns,
// and "-". It ends when ctx does, or when all there is has ended; then what was
// written by that time has been given, and Close may be called.
func Follow(ctx context.Context, paths []string, opt FollowOptions) (*Following, error) {
	if opt.KeepBytes <= 0 {
		opt.KeepBytes = 1 << 30
	}
	if opt.KeepFor <= 0 {
		opt.KeepFor = 24 * time.Hour
	}
	f := &Following{
		opt: opt, paths: paths, fresh: make(chan struct{}, 1), ended: make(chan struct{}), poke: make(chan struct{}, 1),
		byPath: map[string]*Log{}, told: map[string]bool{}, saved: time.Now(),
	}
	f.ctx, f.stop = context.WithCancel(ctx)
	var err error
	if f.specs, err = specsOf(paths); err == nil {
		err = f.resume()
	}
	if err != nil {
		f.stop()
		if f.kept != nil {
			f.kept.close(false)
		}
		return nil, err
	}
	f.watch = !opt.Poll && canWatch()
	if !opt.Poll && !f.watch && watchable {
		f.fault(&Fault{What: "no watcher can be had of the system (inotify instances are used up); the files are looked at four times a second instead"})
	}
	f.look(true)
	f.keeper.Go(f.keep)
	return f, nil
}

// keep looks at everything from time to time, or when it is poked.
func (f *Following) keep() {
	defer close(f.ended)
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	soon := time.NewTicker(lookSoon)
	defer soon.Stop()
	listed := time.Now()
	for {
		select {
		case <-f.ctx.Done():
			f.look(true) // what is new by now is read too
			return
		case <-soon.C:
			f.lookSoon(time.Now())
			continue
		case <-tick.C:
		case <-f.poke:
		}
		now := time.Now()
		list := now.Sub(listed) >= listEvery
		if list {
			listed = now
		}
		f.look(list)
		f.kept.forget(now)
		if f.opt.Checkpoint != "" && f.dirty.Load() && now.Sub(f.saved) >= saveEvery {
			f.save()
		}
		if f.over() {
			f.stop()
			return
		}
	}
}

// over tells that nothing can come any more: all there was is standard input,
// and it has ended.
func (f *Following) over() bool {
	for _, s := range f.specs {
		if s.kind != 's' {
			return false
		}
	}
	return f.open.Load() == 0
}

// Logs gives each log once, as it is found, until following ends.
func (f *Following) Logs() iter.Seq[*Log] {
	return func(yield func(*Log) bool) {
		for {
			f.mu.Lock()
			found := f.queue
			f.queue = nil
			f.mu.Unlock()
			for _, l := range found {
				if !yield(l) {
					return
				}
			}
			if len(found) > 0 {
				continue
			}
			select {
			case <-f.fresh:
				continue
			case <-f.ended:
			}
			f.mu.Lock()
			left := len(f.queue)
			f.mu.Unlock()
			if left == 0 {
				return
			}
		}
	}
}

// Members gives each log as a member whose Reader waits for more.
func (f *Following) Members() iter.Seq2[*Member, error] {
	return func(yield func(*Member, error) bool) {
		for l := range f.Logs() {
			if !yield(&Member{Path: l.Path, Size: -1, ReadCloser: l}, nil) {
				return
			}
		}
	}
}

// Stop ends following: every log gives what was written until now, and ends.
func (f *Following) Stop() { f.stop() }

// Close waits for the goroutines, writes the checkpoint, and gives back
// descriptors and, unless there is a checkpoint, what was kept.
func (f *Following) Close() error {
	f.stop()
	f.keeper.Wait()
	f.mu.Lock()
	logs := f.logs
	f.mu.Unlock()
	var err error
	if f.opt.Checkpoint != "" {
		err = f.save()
	}
	for _, l := range logs {
		l.Close()
	}
	f.pumps.Wait()
	return errors.Join(err, f.kept.close(f.opt.Checkpoint == ""))
}

// fault notes what is odd.
func (f *Following) fault(x *Fault) {
	f.mu.Lock()
	if len(f.faults) < 1000 {
		f.faults = append(f.faults, x)
	}
	f.mu.Unlock()
	if f.opt.Tell != nil {
		f.opt.Tell(x)
	}
}

// again asks the keeper to look now.
func (f *Following) again() {
	select {
	case f.poke <- struct{}{}:
	default:
	}
}

// canWatch tells whether the system has a watcher left. The library would end
// the process if it had not.
func canWatch() bool { return watchable && tryWatch() == nil }

// A waker lets hpcloud/tail watch one descriptor and wakes its log when a line
// came, or when the file was renamed or removed. It decides nothing else.
type waker struct {
	t    *tail.Tail
	link string
	done chan struct{}
}

var wakers atomic.Int64

// wakeBy watches the file behind an open descriptor. The library goes by names
// and ends the process where a name cannot be asked about any more; so it gets
// a name of its own, a link in a private folder to the descriptor, that nobody
// renames, and that is never used twice.
func (f *Following) wakeBy(file *os.File, wake func(gone bool)) *waker {
	if !f.watch {
		return nil
	}
	link := filepath.Join(f.kept.dir, fmt.Sprintf("watch-%d", wakers.Add(1)))
	if os.Symlink(fmt.Sprintf("/proc/self/fd/%d", file.Fd()), link) != nil {
		return nil
	}
	t, err := tail.TailFile(link, tail.Config{
		Follow: true, MustExist: true, Logger: tail.DiscardingLogger,
		Location: &tail.SeekInfo{Whence: io.SeekEnd},
	})
	if err != nil {
		os.Remove(link)
		return nil
	}
	w := &waker{t: t, link: link, done: make(chan struct{})}
	go func() {
		defer close(w.done)
		var waiting atomic.Bool
		for range t.Lines { // drained also after Stop, which would hang else
			if waiting.CompareAndSwap(false, true) {
				// Lines that come close together wake once.
				time.AfterFunc(time.Millisecond, func() {
					waiting.Store(false)
					wake(false)
				})
			}
		}
		wake(true)
	}()
	return w
}

// stop ends the watching. The link goes last: without it the library would not
// find what it is to stop watching.
func (w *waker) stop() {
	if w == nil {
		return
	}
	w.t.Stop()
	<-w.done
	os.Remove(w.link)
}

// whyNotOpen words why a name cannot be followed now.
func whyNotOpen(err error) string {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "permission denied; it is tried again until it is given"
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file; it is waited for"
	}
	return plainError(err) + "; it is tried again"
}
