package bundle

import (
	"bytes"
	"io"
	"math/rand"
	"regexp"
	"testing"
	"testing/iotest"

	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
)

// TestXz reads what the module writes, for all properties, small dictionaries,
// blocks and checks of all kinds, data of all sorts, and with short reads.
func TestXz(t *testing.T) {
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

// TestXzDamaged feeds changed bytes, with sums made to fit, so that they reach
// the decoder of the module: all that may happen is an error.
func TestXzDamaged(t *testing.T) {
	r := rand.New(rand.NewSource(7))
	var b bytes.Buffer
	w, err := lzma.Writer2Config{DictCap: 1 << 16}.NewWriter2(&b)
	must(t, err)
	_, err = w.Write(mixed(r, 1<<16))
	must(t, err)
	must(t, w.Close())
	ended := 0
	for range 300 {
		m := bytes.Clone(b.Bytes())
		for range 1 + r.Intn(4) {
			m[r.Intn(len(m))] = byte(r.Intn(256))
		}
		x := &xzStream{chunks: xzChunks{in: bytes.NewReader(m), left: -1}}
		if x.lz, err = newXzData(&x.chunks, 1<<r.Intn(17)); err != nil {
			continue
		}
		for err == nil {
			_, err = x.decode(make([]byte, 5000))
		}
		if err != io.EOF && err != errXz && err != io.ErrUnexpectedEOF {
			if _, ok := err.(cutChunk); !ok {
				t.Fatalf("an error of the module comes through: %v", err)
			}
		}
		ended++
	}
	if ended == 0 {
		t.Fatal("nothing was decoded")
	}
}

// TestXzCut cuts in the second block: the first comes whole, and what cannot be
// had of the second is said with its sizes, behind what was kept.
func TestXzCut(t *testing.T) {
	text := logText(rand.New(rand.NewSource(9)), "", 200)
	const size = 4096
	all := xzBlocksOf(t, []byte(text), size)
	one := len(xzBlocksOf(t, []byte(text[:size]), size)) - 12 - 28 // without the index and the footer, or a little less
	got := walkBytes(t, "x", all[:one+300], Limits{})
	if len(got) != 1 || got[0].text != text[:size] {
		t.Fatalf("not the first block: %s", show(got))
	}
	want := regexp.MustCompile(`^compressed data ends early; 4096 bytes were kept; the last 2\d\d bytes are part of a block of 4096 bytes that can only be unpacked whole @ byte \d+$`)
	if !want.MatchString(got[0].fault) {
		t.Errorf("got %q", got[0].fault)
	}
}

// xzBlocksOf packs b in blocks of size bytes, as xz does with several threads.
func xzBlocksOf(t testing.TB, b []byte, size int64) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := xz.WriterConfig{BlockSize: size}.NewWriter(&out)
	must(t, err)
	_, err = w.Write(b)
	must(t, err)
	must(t, w.Close())
	return out.Bytes()
}
