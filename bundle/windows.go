package bundle

import (
	"context"
	"fmt"
	"sync"
)

const (
	freeWindow = 8 << 20   // windows up to this size are not counted
	maxWindows = 128 << 20 // of all decoders that work inside each other
)

// windows counts the memory that decoders of one walk hold for what they have
// unpacked last. Of several walks only one at a time holds large windows; the
// others wait, so that memory does not grow with the number of workers.
type windows struct {
	ctx   context.Context
	token chan struct{}

	all  *windows // of the walk; this one is the part of a single decoder
	mu   sync.Mutex
	held int64
}

// part returns the account of one more decoder.
func (w *windows) part() *windows { return &windows{all: w} }

// take makes sure that a decoder may hold n bytes.
func (w *windows) take(n int64) error {
	if n <= freeWindow || n <= w.held {
		return nil
	}
	if err := w.all.grow(n, n-w.held); err != nil {
		return err
	}
	w.held = n
	return nil
}

func (w *windows) grow(whole, n int64) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.held+n > maxWindows {
		return refused{fmt.Sprintf("needs %d bytes of memory beside %d for what it lies in, the limit is %d", whole, w.held, int64(maxWindows)), true}
	}
	if w.held == 0 {
		select {
		case w.token <- struct{}{}:
		case <-w.ctx.Done():
			return w.ctx.Err()
		}
	}
	w.held += n
	return nil
}

// release gives back what a decoder held.
func (w *windows) release() {
	if w.held == 0 {
		return
	}
	w.all.mu.Lock()
	defer w.all.mu.Unlock()
	if w.all.held -= w.held; w.all.held == 0 {
		<-w.all.token
	}
	w.held = 0
}
