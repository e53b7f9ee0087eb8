package forensic

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"
	"testing"
)

func TestHasher(t *testing.T) {
	h := newHasher()
	defer h.close()
	rnd := rand.New(rand.NewPCG(1, 1))
	for _, size := range []int{0, 1, 100, hashBlock - 1, hashBlock, hashBlock + 1, 3 * hashBlock, 5<<20 + 7, 10, 0} {
		data := make([]byte, size)
		for i := range data {
			data[i] = byte(rnd.Uint32())
		}
		for rest := data; len(rest) > 0; {
			n := min(len(rest), 1+rnd.IntN(400_000))
			h.Write(rest[:n])
			rest = rest[n:]
		}
		want := sha256.Sum256(data)
		lines := bytes.Count(data, []byte("\n"))
		if size > 0 && data[size-1] != '\n' {
			lines++
		}
		if got := h.Sum(); got.sum != hex.EncodeToString(want[:]) || got.lines != lines {
			t.Errorf("%d bytes, %d lines: %+v", size, lines, got)
		}
	}
}
