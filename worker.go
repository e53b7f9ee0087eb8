package forensic

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"forensic/bundle"
	"forensic/correlate"
	"forensic/timeline"
)

// A worker reads one member after another.
type worker struct {
	*gatherer
	lane  *timeline.Lane
	miner *correlate.Miner
	hash  *hasher // nil where nobody asks
	head  []byte
}

func (w *worker) walk(ctx context.Context, root bundle.Root) error {
	lim := w.opt.Limits
	lim.Temp = cmp.Or(lim.Temp, w.opt.Temp)
	for m, err := range root.Open(ctx, lim) {
		if m != nil {
			w.told.Add(1)
		}
		var fault *bundle.Fault
		switch {
		case errors.As(err, &fault):
			w.fault(m, fault)
		case err != nil:
			if ctx.Err() != nil {
				return nil
			}
			return err
		default:
			shared, err := w.share(ctx, m)
			if shared {
				// An error of the member was told to who reads it.
				err = w.close(ctx, m, err == nil)
			} else {
				err = w.read(ctx, m)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// read reads a member and notes what was wrong with it. An error means that
// nothing more can be read.
func (w *worker) read(ctx context.Context, m *bundle.Member) error {
	err := w.member(ctx, m)
	if err == nil {
		return w.close(ctx, m, true)
	}
	w.close(ctx, m, false)
	return w.wrong(ctx, m, err)
}

// close closes a member, and notes what that says where nothing was wrong before.
func (w *worker) close(ctx context.Context, m *bundle.Member, note bool) error {
	if err := m.Close(); err != nil && note {
		return w.wrong(ctx, m, err)
	}
	return nil
}

func (w *worker) wrong(ctx context.Context, m *bundle.Member, err error) error {
	var fault *bundle.Fault
	switch {
	case errors.As(err, &fault):
		w.fault(nil, fault)
		return nil
	case ctx.Err() != nil:
		return nil
	}
	return fmt.Errorf("read %q: %w", m.Path, err)
}

// fault notes damage: a member that is skipped, or a problem of a container or
// of a member that was read.
func (w *worker) fault(skipped *bundle.Member, f *bundle.Fault) {
	if skipped != nil {
		if err := w.linkedZone(f); err != nil {
			f = &bundle.Fault{Path: f.Path, What: f.What + "; " + err.Error(), At: f.At, Bytes: f.Bytes}
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if f.Limit {
		w.limits = append(w.limits, strings.TrimPrefix(f.Path+": "+f.What, ": "))
	}
	if skipped != nil {
		w.skipped = append(w.skipped, Skipped{f.Path, f.What, f.Bytes})
		return
	}
	w.faults = append(w.faults, *f)
}
