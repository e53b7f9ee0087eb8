package bundle

import (
	"bytes"
	"io"
	"math/rand"
	"testing"
	"testing/iotest"

	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
)

// TestLzma2 holds our decoder against the module's encoder, for all properties,
// small dictionaries and data of all sorts, and with short reads.
func TestLzma2(t *testing.T) {
	r := rand.New(rand.NewSource(6))
	for round := range 24 {
		lc := r.Intn(5)
		config := xz.WriterConfig{
			Properties: &lzma.Properties{LC: lc, LP: r.Intn(5 - lc), PB: r.Intn(5)},
			DictCap:    lzma.MinDictCap << r.Intn(6), BlockSize: int64(1 + r.Intn(1<<17)), CheckSum: []byte{xz.CRC32, xz.CRC64, xz.SHA256, xz.None}[r.Intn(4)],
		}
		config.NoCheckSum = config.CheckSum == xz.None
		want := mixed(r, r.Intn(1<<17))
		var b bytes.Buffer
		w, err := config.NewWriter(&b)
		must(t, err)
		_, err = w.Write(want)
		must(t, err)
		must(t, w.Close())
		all := &windows{}
		for _, in := range []io.Reader{bytes.NewReader(b.Bytes()), iotest.HalfReader(bytes.NewReader(b.Bytes())), iotest.DataErrReader(bytes.NewReader(b.Bytes()))} {
			s := newStreams(xzCodec, in, all)
			got, err := io.ReadAll(iotest.HalfReader(s))
			s.close()
			if err != nil || !bytes.Equal(got, want) {
				t.Fatalf("round %d, %+v: %d bytes of %d, %v", round, config, len(got), len(want), err)
			}
		}
	}
}

// mixed is n bytes of noise, runs, copies of what was before, and text.
func mixed(r *rand.Rand, n int) []byte {
	var b []byte
	for len(b) < n {
		k := 1 + r.Intn(3000)
		switch r.Intn(4) {
		case 0:
			noise := make([]byte, k)
			r.Read(noise)
			b = append(b, noise...)
		case 1:
			b = append(b, bytes.Repeat([]byte{byte(r.Intn(256))}, k)...)
		case 2:
			if from := r.Intn(len(b) + 1); from < len(b) {
				b = append(b, b[from:min(from+k, len(b))]...)
			}
		case 3:
			b = append(b, logText(r, "", 1+k/60)...)
		}
	}
	return b[:n]
}

// TestLzma2Damaged feeds changed bytes: all that may happen is an error.
func TestLzma2Damaged(t *testing.T) {
	r := rand.New(rand.NewSource(7))
	var b bytes.Buffer
	w, err := lzma.Writer2Config{DictCap: 1 << 16}.NewWriter2(&b)
	must(t, err)
	_, err = w.Write(mixed(r, 1<<16))
	must(t, err)
	must(t, w.Close())
	for range 300 {
		m := bytes.Clone(b.Bytes())
		for range 1 + r.Intn(4) {
			m[r.Intn(len(m))] = byte(r.Intn(256))
		}
		io.Copy(io.Discard, newLzma2(bytes.NewReader(m), 1<<r.Intn(17)))
	}
}

func BenchmarkLzma2(b *testing.B) {
	text := []byte(logText(rand.New(rand.NewSource(8)), "app", 200_000))
	var packed bytes.Buffer
	w, _ := lzma.Writer2Config{DictCap: 1 << 20}.NewWriter2(&packed)
	w.Write(text)
	w.Close()
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			io.Copy(io.Discard, newLzma2(bytes.NewReader(packed.Bytes()), 1<<20))
		}
	})
	b.Run("module", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			r, _ := lzma.Reader2Config{DictCap: 1 << 20}.NewReader2(bytes.NewReader(packed.Bytes()))
			io.Copy(io.Discard, r)
		}
	})
}
