package bundle

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
)

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

// "one line\nanother line\n" as written by bzip2 and xz.
const hello = "one line\nanother line\n"

var (
	bzip2Hello = unhex("425a683931415926535990366b6c000009518000104000226594002000219043c508069a68c2ed1ec63c189129bf17724538509090366b6c")
	xzSHA256   = unhex("fd377a585a00000ae1fb0ca10200210116000000742fe5a30100156f6e65206c696e650a616e6f74686572206c696e650a0000008822c3e70a9ae9345bd4ca74b8b64873fe7eb0240a24ce199cbe17b18d80705200014616f9e87172189b4b9a01000000000a595a")
	xzBlocks   = unhex("fd377a585a000004e6d6b44602c0252121010c00ce3823f5010020626c6f636b2031206f662074687265652c20776869636820697320746578740a6200000000dd3d900fb9cd374502c0252121010c00ce3823f50100206c6f636b2032206f662074687265652c20776869636820697320746578740a626c0000000044eb690a490401a402c0221e21010c00212757cb01001d6f636b2033206f662074687265652c20776869636820697320746578740a000000bed87b65b4bcacb6000339213921361ecfa2a14cb1c467fb020000000004595a") // three blocks of 33 bytes at most
	xzX86      = unhex("fd377a585a000004e6d6b44602010400210116000d86351f0100156f6e65206c696e650a616e6f74686572206c696e650a000000b2bd77742bedf69900012e16560955df1fb6f37d010000000004595a")
)

func join(parts ...[]byte) []byte { return slices.Concat(parts...) }

func TestStreams(t *testing.T) {
	gz := func(s string) []byte { return gzipOf(t, []byte(s)) }
	bad := gz("second, long enough to be damaged in its middle\n")
	bad = slices.Clone(bad)
	bad[20] ^= 0x40
	crc := slices.Clone(gz("second\n"))
	crc[len(crc)-8] ^= 1
	zeros := make([]byte, 700)
	for _, c := range []struct {
		name        string
		in          []byte
		text, fault string
	}{
		{"members", join(gz("first\n"), gz("second\n"), gz("third\n")), "first\nsecond\nthird\n", ""},
		{"an empty member", join(gz("first\n"), gz(""), gz("third\n")), "first\nthird\n", ""},
		{"zeros behind", join(gz("first\n"), zeros), "first\n", ""},
		{"zeros between", join(gz("first\n"), zeros, gz("second\n")), "first\nsecond\n", ""},
		{"text behind", join(gz("first\n"), []byte("and some text")), "first\n",
			"other bytes follow the end of the compressed data; 6 bytes were kept @ byte 30"},
		{"text between", join(gz("first\n"), []byte("and some text"), gz("second\n")), "first\nsecond\n",
			"other bytes follow the end of the compressed data; 6 bytes were kept; reading resumed at byte 43 @ byte 30"},
		{"checksum", join(gz("first\n"), crc, gz("third\n")), "first\nsecond\nthird\n",
			"compressed data is damaged: its checksum does not match; 13 bytes were kept; reading resumed at byte 61 @ byte 61"},
		{"checksum at the end", join(gz("first\n"), crc), "first\nsecond\n",
			"compressed data is damaged: its checksum does not match; 13 bytes were kept @ byte 61"},
		{"cut", gz("first\n")[:15], "firs",
			"compressed data ends early; 4 bytes were kept @ byte 15"},
		{"cut in a header", join(gz("first\n"), gz("second\n")[:7]), "first\n",
			"compressed data ends early; 6 bytes were kept @ byte 37"},
		{"bzip2", join(bzip2Hello, bzip2Hello), hello + hello, ""},
		{"bzip2 and zeros", join(bzip2Hello, zeros), hello, ""},
		{"bzip2, zeros, bzip2", join(bzip2Hello, zeros, bzip2Hello), hello + hello, ""},
		{"bzip2 and text", join(bzip2Hello, []byte("text")), hello,
			"other bytes follow the end of the compressed data; 22 bytes were kept @ byte 56"},
		{"bzip2 cut", bzip2Hello[:40], "", "compressed data ends early; 0 bytes were kept @ byte 40"},
		{"xz, two streams, padding", join(xzSHA256, zeros[:4], xzOf(t, []byte("more"))), hello + "more", ""},
		{"xz, damaged check", join(flip(xzSHA256, 60), xzSHA256), hello + hello,
			"compressed data is damaged: its checksum does not match; 22 bytes were kept; reading resumed at byte 84 @ byte 84"},
		{"xz, damaged index", flip(xzSHA256, 98), hello,
			"compressed data is damaged: its checksum does not match; 22 bytes were kept @ byte 104"},
		{"xz, blocks", xzBlocks, blocks3, ""},
		{"xz, second of three blocks damaged", flip(xzBlocks, 90), strings.Replace(blocks3, "block 2", "bloc> 2", 1),
			"compressed data is damaged: its checksum does not match; 66 bytes were kept; reading resumed at byte 132 @ byte 132"},
		{"xz, second of three blocks not to be decoded", flip(xzBlocks, 84), blocks3[:33] + blocks3[66:],
			"compressed data is damaged; 33 bytes were kept; reading resumed at byte 132 @ byte 132"},
		{"xz, cut in the header of a block", xzBlocks[:74], blocks3[:33], "compressed data ends early; 33 bytes were kept @ byte 74"},
		{"xz, cut in stored data", xzSHA256[:31], hello[:4], "compressed data ends early; 4 bytes were kept @ byte 31"},
		{"xz, cut behind the data", xzSHA256[:56], hello, "compressed data ends early; 22 bytes were kept @ byte 56"},
		{"xz, other filter", xzX86, "", "xz data uses filter 4, which is not read; 0 bytes were kept @ byte 0"},
		{"zstd, two frames", join(zstdOf(t, []byte("one")), zstdOf(t, []byte("two"))), "onetwo", ""},
		{"zstd, skippable frames", join(zstdOf(t, []byte("one")), unhex("5a2a4d18030000006162"), []byte("c"), zstdOf(t, []byte("two"))), "onetwo", ""},
		{"zstd, skippable frame first", join(unhex("502a4d180300000061626a"), zstdOf(t, []byte("two"))), "two", ""},
		{"zstd cut in a magic", join(zstdOf(t, []byte("one")), unhex("28b5")), "one",
			"compressed data ends early; 3 bytes were kept @ byte 19"},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantSeen(t, walkBytes(t, "x", c.in, Limits{}), seen{path: "x", text: c.text, fault: c.fault})
		})
	}
}

const blocks3 = "block 1 of three, which is text\nblock 2 of three, which is text\nblock 3 of three, which is text\n"

func flip(b []byte, at int) []byte {
	b = slices.Clone(b)
	b[at] ^= 0x55
	return b
}

// TestOneBadStreamOfMany damages each of several streams in turn: all others
// must come through whole, wherever the damage made the decoder go.
func TestOneBadStreamOfMany(t *testing.T) {
	for name, pack := range map[string]func(testing.TB, []byte) []byte{"gzip": gzipOf, "xz": xzOf, "zstd": zstdOf} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewSource(1))
			for round := range 40 {
				var packed [][]byte
				var texts []string
				for i := range 6 {
					text := logText(r, fmt.Sprintf("member %d ", i), 1+r.Intn(40))
					texts = append(texts, text)
					packed = append(packed, pack(t, []byte(text)))
				}
				bad := r.Intn(len(packed))
				at := r.Intn(len(packed[bad]))
				packed[bad] = flip(packed[bad], at)
				got := walkBytes(t, "x", join(packed...), Limits{})
				if bad == 0 && at < 12 {
					continue // it may be no compressed file any more
				}
				for i, text := range texts {
					if i != bad && !strings.Contains(got[0].text, text) {
						t.Fatalf("round %d: member %d is gone, damage in %d at %d of %d: %s", round, i, bad, at, len(packed[bad]), show(got))
					}
				}
			}
		})
	}
}

func logText(r *rand.Rand, head string, lines int) string {
	var b strings.Builder
	for i := range lines {
		fmt.Fprintf(&b, "%s2024-03-02 10:14:%02d,%03d line %d of client 192.0.2.%d\n", head, r.Intn(60), r.Intn(1000), i, r.Intn(256))
	}
	return b.String()
}

// TestCutGivesNothingTwice cuts an archive that holds compressed files as they
// are: what looks like streams inside must not be taken for more of the outside.
func TestCutGivesNothingTwice(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	noise := make([]byte, 5000)
	r.Read(noise)
	var files []file
	for i := range 20 {
		inner := tarOf(t, file{fmt.Sprintf("in%d", i), logText(r, "x", 20)}, file{"noise", string(noise)})
		files = append(files, file{fmt.Sprintf("%d.tgz", i), string(gzipOf(t, inner))})
	}
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.NoCompression)
	w.Write(tarOf(t, files...))
	must(t, w.Close())
	outer := b.Bytes()
	for cut := len(outer) - 1; cut > 100; cut -= 331 {
		paths := map[string]bool{}
		for _, s := range walkBytes(t, "outer.tgz", outer[:cut], Limits{}) {
			if s.path != "outer.tgz" && paths[s.path] && s.text != "" || strings.Contains(s.path, "#") || strings.HasPrefix(s.path, "in") {
				t.Fatalf("cut at %d: %s twice or out of place", cut, s.path)
			}
			paths[s.path] = true
		}
	}
}
