package bundle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	kgzip "github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// zeros is a source of n zero bytes.
func zeros(n int64) io.Reader { return io.LimitReader(zeroReader{}, n) }

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// bomb compresses n zeros as densely as gzip can.
func bomb(t testing.TB, n int64) []byte {
	t.Helper()
	var b bytes.Buffer
	w := kgzip.NewWriter(&b)
	_, err := io.Copy(w, zeros(n))
	must(t, err)
	must(t, w.Close())
	return b.Bytes()
}

func TestLimits(t *testing.T) {
	const mb = 1 << 20
	deep := []byte("core")
	for range 9 {
		deep = gzipOf(t, deep)
	}
	nested := zipOf(t, 8, file{"in", "x"})
	for i := range 8 {
		nested = zipOf(t, 8, file{fmt.Sprintf("%d.zip", i), string(nested)}, file{"beside", "y"})
	}
	big := bomb(t, 40*mb)
	beside := tarOf(t, file{"a", "1"}, file{"b.gz", string(gzipOf(t, big))}, file{"c", "2"})
	for _, c := range []struct {
		name string
		in   []byte
		lim  Limits
		want []seen
	}{
		{"depth of compressed files", deep, Limits{}, []seen{
			{path: "x", text: "(not read)", fault: "nested more than 8 levels deep, the limit; not opened"}}},
		{"depth of archives", nested, Limits{}, []seen{
			{path: "7.zip!/6.zip!/5.zip!/4.zip!/3.zip!/2.zip!/1.zip!/0.zip", text: "(not read)", fault: "nested more than 8 levels deep, the limit; not opened"},
			{path: "7.zip!/6.zip!/5.zip!/4.zip!/3.zip!/2.zip!/1.zip!/beside", text: "y"},
			{path: "7.zip!/6.zip!/5.zip!/4.zip!/3.zip!/2.zip!/beside", text: "y"},
			{path: "7.zip!/6.zip!/5.zip!/4.zip!/3.zip!/beside", text: "y"},
			{path: "7.zip!/6.zip!/5.zip!/4.zip!/beside", text: "y"},
			{path: "7.zip!/6.zip!/5.zip!/beside", text: "y"},
			{path: "7.zip!/6.zip!/beside", text: "y"},
			{path: "7.zip!/beside", text: "y"},
			{path: "beside", text: "y"}}},
		{"members", tarOf(t, file{"a", "1"}, file{"b", "2"}, file{"c", "3"}), Limits{Members: 2}, []seen{
			{path: "a", text: "1"}, {path: "b", text: "2"},
			{path: "c", fault: "the whole input has more than 2 members, the limit; this one and the rest were not read"}}},
		{"bytes of a member", tarOf(t, file{"a", "123456"}, file{"b", "2"}), Limits{MemberBytes: 4}, []seen{
			{path: "a", text: "1234", fault: "longer than 4 bytes, the limit for one member; 4 of 6 bytes were kept"}, {path: "b", text: "2"}}},
		{"bytes of all", beside, Limits{TotalBytes: 2 * mb, RatioAfter: 1 << 40}, []seen{
			{path: "a", text: "1"},
			{path: "b.gz", text: strings.Repeat("\x00", 2*mb-65536), fault: "the whole input unpacks to more than 2097152 bytes, the limit; 2031616 bytes were kept"},
			{path: "c", text: "2"}}},
		{"ratio", beside, Limits{Ratio: 100, RatioAfter: 3 * mb}, []seen{
			{path: "a", text: "1"},
			{path: "b.gz", text: strings.Repeat("\x00", 2883584), fault: "unpacks to more than 100 times its size, the limit; 2883584 bytes were kept"},
			{path: "c", text: "2"}}},
		{"ratio below", beside, Limits{Ratio: 100, RatioAfter: 41 * mb}, []seen{
			{path: "a", text: "1"}, {path: "b.gz", text: strings.Repeat("\x00", 40*mb)}, {path: "c", text: "2"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := walkBytes(t, "x", c.in, c.lim)
			if c.name == "bytes of all" { // how far the decoders ran ahead is their business
				got[1] = seen{path: got[1].path, text: c.want[1].text, fault: c.want[1].fault[:20] + got[1].fault[20:]}
				if !strings.HasPrefix(got[1].fault, "the whole input unpacks to more than 2097152 bytes, the limit; ") {
					t.Error(got[1].fault)
				}
				got[1].fault = c.want[1].fault
			}
			wantSeen(t, got, c.want...)
			if again := walkBytes(t, "x", c.in, c.lim); c.name != "bytes of all" && show(again) != show(got) {
				t.Errorf("another time:\n%s", show(again))
			}
		})
	}
}

// TestLimitFault tells limits of ours from damage.
func TestLimitFault(t *testing.T) {
	p := filepath.Join(t.TempDir(), "x")
	must(t, os.WriteFile(p, bomb(t, 10<<20), 0o600))
	for m, err := range Open(context.Background(), p, Limits{Ratio: 10, RatioAfter: 1 << 20}) {
		must(t, err)
		_, err = io.Copy(io.Discard, m)
		if f, ok := errors.AsType[*Fault](err); !ok || !f.Limit {
			t.Errorf("%v", err)
		}
	}
}

// manyEmpty is a stream of gzip members that hold nothing, compressed: work
// without result.
func manyEmpty(t testing.TB, n int) []byte {
	return gzipOf(t, bytes.Repeat(gzipOf(t, nil), n))
}

func TestWorkWithoutResult(t *testing.T) {
	in := tarOf(t, file{"e.gz", string(manyEmpty(t, 300_000))}, file{"b", "2"})
	got := walkBytes(t, "x", in, Limits{Ratio: 100, RatioAfter: 1 << 20})
	wantSeen(t, got, seen{path: "e.gz", fault: "unpacks to more than 100 times its size, the limit; 0 bytes were kept"}, seen{path: "b", text: "2"})
}

// TestMemory runs hostile inputs in a process of their own, whose peak of
// memory is read at its end: asking for too much cannot be recovered from.
func TestMemory(t *testing.T) {
	if os.Getenv("BUNDLE_MEMORY") != "" {
		for m, err := range Open(context.Background(), os.Getenv("BUNDLE_MEMORY"), Limits{RatioAfter: 48 << 20}) {
			var n int64
			if m != nil && err == nil {
				n, err = io.Copy(io.Discard, m)
			}
			if m != nil {
				fmt.Println("member", m.Path, n, err)
			} else {
				fmt.Println("fault", err)
			}
		}
		status, err := os.ReadFile("/proc/self/status")
		must(t, err)
		for line := range strings.Lines(string(status)) {
			if strings.HasPrefix(line, "VmHWM:") {
				fmt.Print(line)
			}
		}
		return
	}
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("no /proc/self/status here, which tells the peak of memory")
	}
	var window bytes.Buffer
	w, err := zstd.NewWriter(&window, zstd.WithWindowSize(1<<29), zstd.WithSingleSegment(false))
	must(t, err)
	_, err = w.Write(make([]byte, 1000))
	must(t, err)
	must(t, w.Flush())
	must(t, w.Close())
	full := unhex("28b52ffd0088") // window of 128 MiB
	full = append(full, bytes.Repeat([]byte{2 | 1<<3, 0, 0x10, 'x'}, 2000)...)
	xz4G := bytes.Clone(xzSHA256)
	xz4G[12+4] = 40 // the largest dictionary
	head := xz4G[12 : 12+8]
	copy(xz4G[12+8:], le32(crc32.ChecksumIEEE(head)))
	single := append(unhex("28b52ffde0"), 0, 0, 0, 0, 1, 0, 0, 0) // content of 4 GiB, as one segment
	nested := gzipOf(t, bomb(t, 80<<20))
	for _, c := range []struct {
		name, in, says string
		mib            int
	}{
		{"xz dictionary", string(xz4G), "asks for a dictionary of 4294967295 bytes", 60},
		{"zstd window", string(window.Bytes()), "asks for a window of 536870912 bytes", 60},
		{"zstd segment", string(single), "asks for a window of 4294967296 bytes", 60},
		{"zstd largest window", string(full), "member", 200},
		{"nested bomb", string(nested), "more than 1000 times its size", 60},
		{"size of a tar member", string(join(rawHeader("big", '0', 1<<40, func(b []byte) {
			copy(b[124:], "\x80\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00")
		}), blockOf("x"))), "512 of 1099511627776 bytes", 60},
		{"many names", string(manyNames(60_000)), "f59999", 60},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := filepath.Join(t.TempDir(), "x")
			must(t, os.WriteFile(p, []byte(c.in), 0o600))
			cmd := exec.Command(os.Args[0], "-test.run=^TestMemory$")
			cmd.Env = append(os.Environ(), "BUNDLE_MEMORY="+p)
			out, err := cmd.CombinedOutput()
			text := string(out)
			if err != nil {
				t.Fatalf("%v: %s", err, text[max(len(text)-300, 0):])
			}
			_, after, _ := strings.Cut(text, "VmHWM:")
			peak, _ := strconv.Atoi(strings.Fields(after)[0])
			if peak>>10 > c.mib || !strings.Contains(text, c.says) {
				t.Errorf("peak %d MiB, at most %d allowed: %s", peak>>10, c.mib, text[:min(len(text), 500)])
			}
		})
	}
}

func le32(v uint32) []byte { return []byte{byte(v), byte(v >> 8), byte(v >> 16), byte(v >> 24)} }

// manyNames is a tar archive of n empty members, compressed.
func manyNames(n int) []byte {
	var b bytes.Buffer
	w := kgzip.NewWriter(&b)
	for i := range n {
		w.Write(rawHeader(fmt.Sprintf("f%d", i), '0', 0, nil))
	}
	w.Write(end)
	w.Close()
	return b.Bytes()
}
