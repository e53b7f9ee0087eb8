package inflate

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
)

// samples are inputs of different texture: text, noise, runs, all matches.
func samples() map[string][]byte {
	rnd := rand.New(rand.NewPCG(1, 2))
	var text strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&text, "2024-03-02 10:%02d:%02d,%03d [myid:1] - INFO  [thread-%d] - Accepted socket connection from /192.0.2.%d:%d\n", i/60%60, i%60, rnd.IntN(1000), rnd.IntN(9), rnd.IntN(255), rnd.IntN(65536))
	}
	noise := make([]byte, 300_000)
	for i := range noise {
		noise[i] = byte(rnd.Uint32())
	}
	few := make([]byte, 700_000)
	for i := range few {
		few[i] = "ab\n"[rnd.IntN(3)]
	}
	skewed := make([]byte, 400_000)
	for i := range skewed {
		skewed[i] = byte(rnd.ExpFloat64() * 9)
	}
	return map[string][]byte{
		"empty": nil, "one": {'x'}, "text": []byte(text.String()), "noise": noise, "few": few, "skewed": skewed,
		"run": bytes.Repeat([]byte{'a'}, 1_000_000), "pairs": bytes.Repeat([]byte("ab"), 300_000), "seven": bytes.Repeat([]byte("abcdefg"), 100_000),
		"mixed": append(append([]byte(text.String()[:100_000]), noise...), few...),
	}
}

var levels = []int{gzip.NoCompression, gzip.BestSpeed, 4, gzip.DefaultCompression, gzip.BestCompression, gzip.HuffmanOnly}

func pack(t testing.TB, data []byte, level int) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, level)
	if err != nil {
		t.Fatal(err)
	}
	w.Name, w.Comment, w.Extra = "a name", "a comment", []byte{1, 2, 3}
	w.Write(data)
	w.Close()
	return b.Bytes()
}

func TestSameAsTheLibrary(t *testing.T) {
	var r Reader
	for name, data := range samples() {
		for _, level := range levels {
			packed := append(pack(t, data, level), "what follows"...)
			for how, src := range map[string]io.Reader{
				"whole": bytes.NewReader(packed), "halves": iotest.HalfReader(bytes.NewReader(packed)), "data with error": iotest.DataErrReader(bytes.NewReader(packed)),
			} {
				in := bufio.NewReaderSize(src, 64)
				if how == "whole" {
					in = bufio.NewReaderSize(src, 1<<16)
				}
				if err := r.Reset(in); err != nil {
					t.Fatal(name, level, err)
				}
				got, err := io.ReadAll(&r)
				if err != nil || !bytes.Equal(got, data) {
					t.Fatalf("%s, level %d, %s: %d bytes of %d: %v", name, level, how, len(got), len(data), err)
				}
				left, _ := io.ReadAll(in)
				if string(left) != "what follows" {
					t.Fatalf("%s, level %d, %s: %d bytes are left, want 12", name, level, how, len(left))
				}
			}
		}
	}
}

func TestOneByteAtATime(t *testing.T) {
	data := samples()["mixed"][:150_000]
	packed := pack(t, data, 6)
	var r Reader
	if err := r.Reset(bufio.NewReaderSize(iotest.OneByteReader(bytes.NewReader(packed)), 16)); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(iotest.OneByteReader(&r)); err != nil || !bytes.Equal(got, data) {
		t.Fatal(len(got), err)
	}
}

// TestDamage holds that cut or changed data end with an error, and that what
// came before is what the library gives.
func TestDamage(t *testing.T) {
	data := samples()["text"][:200_000]
	packed := pack(t, data, 6)
	rnd := rand.New(rand.NewPCG(5, 6))
	var r Reader
	for i := range 3000 {
		bad := bytes.Clone(packed)
		if i%2 == 0 {
			bad = bad[:rnd.IntN(len(bad))]
		} else {
			bad[40+rnd.IntN(len(bad)-40)] ^= 1 << rnd.IntN(8)
		}
		compare(t, &r, bad)
	}
}

// compare decodes bad by this package and by the library.
func compare(t *testing.T, r *Reader, bad []byte) {
	if len(bad) > 3 && bad[3]&(reserved|hasSum) != 0 {
		return // the library reads reserved flags, and checks the header's own sum
	}
	var got []byte
	err := r.Reset(bufio.NewReader(bytes.NewReader(bad)))
	if err == nil {
		got, err = io.ReadAll(r)
	}
	var want []byte
	lib, wantErr := gzip.NewReader(bytes.NewReader(bad))
	if wantErr == nil {
		lib.Multistream(false)
		want, wantErr = io.ReadAll(lib)
	}
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("error %v, the library says %v", err, wantErr)
	}
	if err == nil && !bytes.Equal(got, want) {
		t.Fatal("other bytes than the library's")
	}
	// The library hands out whole windows; both must agree as far as both go.
	n := min(len(got), len(want))
	if !bytes.Equal(got[:n], want[:n]) {
		t.Fatal("other bytes than the library's before the damage")
	}
	if len(got) < len(want) && !errors.Is(wantErr, gzip.ErrChecksum) {
		t.Fatalf("%d bytes before the damage, the library gives %d (%v, %v)", len(got), len(want), err, wantErr)
	}
}

func FuzzInflate(f *testing.F) {
	for _, data := range samples() {
		f.Add(pack(f, data[:min(len(data), 3000)], 6))
	}
	f.Fuzz(func(t *testing.T, bad []byte) {
		var r Reader
		compare(t, &r, bad)
	})
}

// FuzzBlocks puts any bytes behind a good header: random blocks.
func FuzzBlocks(f *testing.F) {
	for _, level := range []int{1, 6, 9} {
		var b bytes.Buffer
		w, _ := flate.NewWriter(&b, level)
		w.Write(samples()["text"][:2000])
		w.Close()
		f.Add(b.Bytes())
	}
	head := []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3}
	f.Fuzz(func(t *testing.T, body []byte) {
		var r Reader
		compare(t, &r, append(bytes.Clone(head), body...))
	})
}

func TestReuseAllocatesNothing(t *testing.T) {
	packed := pack(t, samples()["text"], 6)
	var r Reader
	src := bytes.NewReader(nil)
	in := bufio.NewReaderSize(src, 64<<10)
	buf := make([]byte, 256<<10)
	allocs := testing.AllocsPerRun(10, func() {
		src.Reset(packed)
		in.Reset(src)
		if err := r.Reset(in); err != nil {
			t.Fatal(err)
		}
		for {
			if _, err := r.Read(buf); err == io.EOF {
				return
			} else if err != nil {
				t.Fatal(err)
			}
		}
	})
	if allocs > 0 {
		t.Errorf("%v allocations for one member", allocs)
	}
}

func BenchmarkInflate(b *testing.B) {
	data := bytes.Repeat(samples()["text"], 8)
	packed := pack(b, data, 6)
	buf := make([]byte, 256<<10)
	drain := func(r io.Reader) {
		for {
			if _, err := r.Read(buf); err != nil {
				return
			}
		}
	}
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		var r Reader
		for b.Loop() {
			r.Reset(bufio.NewReaderSize(bytes.NewReader(packed), 256<<10))
			drain(&r)
		}
	})
	b.Run("standard library", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			r, _ := gzip.NewReader(bytes.NewReader(packed))
			drain(r)
		}
	})
}
