package forensic

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"sync"
)

// A hasher computes the SHA-256 of one member after another beside the
// goroutine that reads them: bytes are copied into blocks and handed over, since
// copying costs a tenth of hashing.
type hasher struct {
	blocks chan []byte // to hash; an empty one asks for the sum
	free   chan []byte
	sums   chan digest
	open   []byte // being filled
	begun  bool   // a block of this member was handed over
	inline hash.Hash
	wg     sync.WaitGroup
}

const hashBlock = 256 << 10

func newHasher() *hasher {
	h := &hasher{blocks: make(chan []byte, 4), free: make(chan []byte, 6), sums: make(chan digest), inline: sha256.New()}
	for range cap(h.free) {
		h.free <- nil
	}
	h.wg.Go(h.run)
	return h
}

// A digest is what is known of all bytes of a member, whoever read them. Lines
// are counted here since it costs nothing: nobody waits for this goroutine.
type digest struct {
	sum   string
	lines int // a last one without its end counts
}

// A lineCount counts lines over blocks.
type lineCount struct {
	feeds int
	open  bool // the last byte is no line feed
}

func (c *lineCount) add(b []byte) {
	if len(b) > 0 {
		c.feeds += bytes.Count(b, []byte{'\n'})
		c.open = b[len(b)-1] != '\n'
	}
}

func (c *lineCount) lines() int {
	if c.open {
		return c.feeds + 1
	}
	return c.feeds
}

// run hashes what it is handed, until close.
func (h *hasher) run() {
	sum, count := sha256.New(), lineCount{}
	for b := range h.blocks {
		if len(b) == 0 {
			h.sums <- digest{hex.EncodeToString(sum.Sum(nil)), count.lines()}
			sum.Reset()
			count = lineCount{}
			continue
		}
		sum.Write(b)
		count.add(b)
		h.free <- b[:0]
	}
}

// Write takes bytes of the member; it never fails.
func (h *hasher) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		if h.open == nil {
			if h.open = <-h.free; h.open == nil {
				h.open = make([]byte, 0, hashBlock)
			}
		}
		k := copy(h.open[len(h.open):hashBlock], p)
		h.open = h.open[:len(h.open)+k]
		p = p[k:]
		if len(h.open) == hashBlock {
			h.blocks <- h.open
			h.open, h.begun = nil, true
		}
	}
	return n, nil
}

// Sum ends a member. One that fits a single block is hashed where it is.
func (h *hasher) Sum() digest {
	if !h.begun {
		h.inline.Reset()
		h.inline.Write(h.open)
		count := lineCount{}
		count.add(h.open)
		h.open = h.open[:0]
		return digest{hex.EncodeToString(h.inline.Sum(nil)), count.lines()}
	}
	if len(h.open) > 0 {
		h.blocks <- h.open
		h.open = nil
	}
	h.begun = false
	h.blocks <- nil
	return <-h.sums
}

// close ends the goroutine.
func (h *hasher) close() {
	close(h.blocks)
	h.wg.Wait()
}
