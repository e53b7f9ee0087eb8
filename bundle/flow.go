package bundle

import (
	"context"
	"io"
	"sync"
)

// A producer makes the bytes of a flow, in the flow's own goroutine. It returns
// *damage at a hole and io.EOF at the end, and never panics past the flow.
type producer interface {
	io.Reader
	consumed() int64 // bytes of its input used so far
	effort() int64   // bytes it had to touch beyond those it returned, such as fresh dictionaries
	close()
}

const (
	blockSize  = 256 << 10
	flowDepth  = 4
	barrenStep = 16 << 20 // hand over an empty block after so many bytes of work without result
)

// A block is what a flow hands over: bytes, or the error behind them.
type block struct {
	buf   [blockSize]byte
	n     int
	ratio float64 // unpacked bytes for one byte of the input, at the end of this block, over all levels
	hot   int64   // bytes worked for since the last block while the ratio was over the limit
	err   error
}

var blocks = sync.Pool{New: func() any { return new(block) }}

// A flow runs a producer in a goroutine of its own and hands its bytes over in
// blocks. The goroutine ends when the producer does or when the flow is closed;
// close waits for it.
type flow struct {
	ctx      context.Context
	full     chan *block
	stop     chan struct{}
	done     chan struct{}
	detached bool // its input cannot be interrupted: close does not wait

	limit float64 // the ratio over which work counts as hot
	live  bool    // hand over what one Read gave, do not fill blocks
	up    *flow   // where the producer's input comes from, nil: no flow
	base  float64 // ratio of the input where up is nil
	total *budget

	// The consumer's side. The consumer of an up flow is the producer of the
	// next one while that runs.
	cur   *block
	pos   int
	err   error
	ratio float64
	hot   int64
	paid  int64               // of hot, what the walk has counted
	judge func(*flow) *damage // asked at each block, where the walk itself is the consumer
}

// start runs p. The fields limit, live, up, base, total and detached are set before.
func (f *flow) start(ctx context.Context, p producer) {
	f.ctx = ctx
	f.full = make(chan *block, flowDepth)
	f.stop = make(chan struct{})
	f.done = make(chan struct{})
	f.ratio = f.base
	go f.run(p)
}

func (f *flow) run(p producer) {
	defer close(f.done)
	defer close(f.full)
	defer p.close()
	var out, hotUp, hotSent int64
	if f.up != nil {
		hotUp = f.up.hot
	}
	for {
		b := blocks.Get().(*block)
		b.n, b.err, b.hot = 0, nil, 0
		barren := p.effort() + p.consumed()
		for b.n < blockSize && b.err == nil && !f.stopped() {
			n, err := readGuarded(p, b.buf[b.n:])
			b.n += n
			b.err = err
			if f.live || n == 0 && p.effort()+p.consumed()-barren > barrenStep {
				break
			}
		}
		out += int64(b.n)
		if !f.total.spend(int64(b.n)) && b.err == nil {
			b.err = f.total.exceeded()
		}
		effort := out + p.effort()
		b.ratio = f.base
		if f.up != nil {
			b.ratio = f.up.ratio
			b.hot, hotUp = f.up.hot-hotUp, f.up.hot
		}
		b.ratio *= max(float64(effort)/float64(max(p.consumed(), 1)), 1)
		if b.ratio > f.limit {
			b.hot += effort - hotSent
		}
		hotSent = effort
		// After the send the block is the consumer's.
		last := b.err != nil && !goesOn(b.err)
		select {
		case f.full <- b:
		case <-f.stop:
			blocks.Put(b)
			return
		case <-f.ctx.Done():
			blocks.Put(b)
			return
		}
		if last {
			return
		}
	}
}

func (f *flow) stopped() bool {
	select {
	case <-f.stop:
		return true
	default:
		return f.ctx.Err() != nil
	}
}

// readGuarded reads, and turns a panic of a decoder into damage: it would end
// the program, since no one else can catch it in this goroutine.
func readGuarded(p producer, buf []byte) (n int, err error) {
	defer func() {
		if recover() != nil {
			n, err = 0, &damage{what: "compressed data is damaged: its decoder gave up", at: p.consumed(), resumed: -1}
		}
	}()
	return p.Read(buf)
}

func goesOn(err error) bool {
	d, ok := err.(*damage)
	return ok && d.more
}

// next makes the next block the current one.
func (f *flow) next() error {
	if f.cur != nil {
		err := f.cur.err
		blocks.Put(f.cur)
		f.cur = nil
		if err != nil {
			if !goesOn(err) {
				f.err = err
			}
			return err
		}
	}
	if f.err != nil {
		return f.err
	}
	select {
	case b, ok := <-f.full:
		if !ok {
			f.err = io.EOF
			if f.ctx.Err() != nil {
				f.err = f.ctx.Err()
			}
			return f.err
		}
		f.cur, f.pos, f.ratio = b, 0, b.ratio
		f.hot += b.hot
	case <-f.ctx.Done():
		f.err = f.ctx.Err()
		return f.err
	}
	if f.judge != nil {
		if d := f.judge(f); d != nil {
			f.kill(d)
			return d
		}
	}
	return nil
}

func (f *flow) Read(p []byte) (int, error) {
	for f.cur == nil || f.pos == f.cur.n {
		if err := f.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, f.cur.buf[f.pos:f.cur.n])
	f.pos += n
	return n, nil
}

// skip passes over bytes without copying them.
func (f *flow) skip(n int64) (done int64, err error) {
	for done < n {
		if f.cur == nil || f.pos == f.cur.n {
			if err := f.next(); err != nil {
				return done, err
			}
			continue
		}
		k := min(n-done, int64(f.cur.n-f.pos))
		f.pos += int(k)
		done += k
	}
	return done, nil
}

// kill makes every further read fail with d.
func (f *flow) kill(d *damage) {
	if f.cur != nil {
		blocks.Put(f.cur)
		f.cur = nil
	}
	f.err = d
}

// close stops the producer and waits until its goroutine is gone.
func (f *flow) close() {
	close(f.stop)
	if f.detached {
		return
	}
	for b := range f.full {
		blocks.Put(b)
	}
	<-f.done
	if f.cur != nil {
		blocks.Put(f.cur)
		f.cur = nil
	}
	if f.err == nil {
		f.err = errReleased
	}
}
