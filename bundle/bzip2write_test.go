package bundle

import (
	"bytes"
	"compress/bzip2"
	"fmt"
	"io"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// What is written as bzip2 is read by others as what it was.
func TestBzip2Writer(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 350_000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	var logs strings.Builder
	for i := range 9000 {
		fmt.Fprintf(&logs, "2024-03-02 10:14:%02d,%03d INFO [worker-%d] request %d took %d ms\n", i/1000%60, i%1000, i%7, i, r.IntN(900))
	}
	skewed := make([]byte, 0, 200_000) // codes of very different lengths
	for c, n := byte(0), 1; len(skewed) < 150_000; c, n = c+1, n*2 {
		for range n {
			skewed = append(skewed, c, 'a'+byte(r.IntN(3)))
		}
	}
	for name, data := range map[string][]byte{
		"nothing": {}, "one byte": []byte("a"), "two": []byte("ab"), "runs": bytes.Repeat([]byte("a"), 1000), "four": []byte("aaaa"), "five": []byte("aaaaab"), "run of 255": bytes.Repeat([]byte("b"), 255), "run of 260": bytes.Repeat([]byte("c"), 260),
		"zeros": make([]byte, 3_000_000), "period": bytes.Repeat([]byte("abcabcabd"), 40_000), "short period": bytes.Repeat([]byte("ab"), 60_000), "noise": noise, "logs": []byte(logs.String()), "skewed": skewed, "all bytes": noise[:5000],
	} {
		var out bytes.Buffer
		w, err := Compress("bzip2", &out, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		for rest := data; len(rest) > 0; {
			n := min(len(rest), 1+r.IntN(40_000))
			if _, err := w.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(bzip2.NewReader(bytes.NewReader(out.Bytes()))); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%s: %d bytes became %d: %v", name, len(data), len(got), err)
		}
		if tool, err := exec.LookPath("bzip2"); err == nil {
			cmd := exec.Command(tool, "-dc")
			cmd.Stdin = bytes.NewReader(out.Bytes())
			if got, err := cmd.Output(); err != nil || !bytes.Equal(got, data) {
				t.Errorf("%s: bzip2 reads %d bytes of %d: %v", name, len(got), len(data), err)
			}
		}
	}
}
