package bundle

import (
	"errors"
	"io"
	"os"
	"time"
)

// A pump reads standard input, which cannot be asked whether there is more. It
// holds one block: while nobody takes it, the writer waits.
type pump struct {
	g      *generation
	blocks chan []byte
	spare  chan []byte
	err    error // set before blocks is closed
	closed bool
}

// startPump begins to read standard input.
func (l *Log) startPump() {
	src := l.f.opt.Stdin
	if src == nil {
		src = os.Stdin
	}
	p := &pump{blocks: make(chan []byte, 2), spare: make(chan []byte, 2)}
	p.spare <- make([]byte, readSize)
	p.spare <- make([]byte, readSize)
	p.g = &generation{path: l.Path, grew: time.Now()}
	p.g.kept = l.f.kept.file(l, p.g)
	l.gens = append(l.gens, p.g)
	l.pump = p
	// It ends with its input, or with the process: a read of standard input that
	// waits cannot be called off, so nobody waits for it.
	go func() {
		defer l.rouse()
		defer close(p.blocks)
		for {
			var b []byte
			select {
			case b = <-p.spare:
			case <-l.f.ctx.Done():
				return
			}
			n, err := src.Read(b[:cap(b)])
			if n > 0 {
				p.blocks <- b[:n] // there is room for all there are
				l.rouse()
			} else {
				p.spare <- b
			}
			if err != nil {
				p.err = err
				return
			}
		}
	}()
}

// fetch takes a block, if there is one.
func (p *pump) fetch(l *Log) bool {
	g := p.g
	if g.flush {
		if g.give(l, len(g.held), true) == gave {
			l.pending = l.out
			return true
		}
	}
	for {
		select {
		case b, ok := <-p.blocks:
			if !ok {
				if p.err != nil && !errors.Is(p.err, io.EOF) && !p.closed {
					l.fault(g, "standard input failed: "+plainError(p.err), "")
				}
				p.closed = true
				l.ending = true
				return false
			}
			what := g.took(l, b)
			p.spare <- b[:cap(b)]
			if what == gave {
				l.last = g
				l.pending = l.out
				l.f.dirty.Store(true)
				return true
			}
		default:
			return false
		}
	}
}
