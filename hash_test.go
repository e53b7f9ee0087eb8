package forensic

import (
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
		if got := h.Sum(); got != hex.EncodeToString(want[:]) {
			t.Errorf("%d bytes: %s", size, got)
		}
	}
}
