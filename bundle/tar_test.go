package bundle

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"time"
)

// rawHeader is one header block in the oldest form, with a valid checksum.
func rawHeader(name string, kind byte, size int64, edit func(b []byte)) []byte {
	b := make([]byte, tarBlock)
	copy(b, name)
	copy(b[100:], "0000644\x000000000\x000000000\x00")
	copy(b[124:], fmt.Sprintf("%011o\x00", size))
	copy(b[136:], fmt.Sprintf("%011o\x00", when.Unix()))
	b[156] = kind
	copy(b[257:], "ustar\x0000")
	if edit != nil {
		edit(b)
	}
	copy(b[148:], "        ")
	sum := 0
	for _, c := range b {
		sum += int(c)
	}
	copy(b[148:], fmt.Sprintf("%06o\x00 ", sum))
	return b
}

func blockOf(text string) []byte {
	return append([]byte(text), make([]byte, int(padded(int64(len(text))))-len(text))...)
}

var end = make([]byte, 2*tarBlock)

func TestTar(t *testing.T) {
	one := tarOf(t, file{"one", "1\n"})
	two := tarOf(t, file{"two", "2\n"})
	body := func(b []byte) []byte { return b[:len(b)-1024] } // without its end marker
	three := join(body(one), body(two), body(tarOf(t, file{"three", "3\n"})), end)
	link := func(kind byte) []byte {
		return join(rawHeader("l", kind, 0, func(b []byte) { copy(b[157:], "/etc/shadow") }), body(one), end)
	}
	seen1, seen2, seen3 := seen{path: "one", text: "1\n"}, seen{path: "two", text: "2\n"}, seen{path: "three", text: "3\n"}
	for _, c := range []struct {
		name string
		in   []byte
		want []seen
	}{
		{"joined", join(one, two), []seen{seen1,
			{path: "a.tar", fault: "another archive follows the end marker; its members are read too @ byte 2048"}, seen2}},
		{"one zero block", join(body(one), end[:512], two), []seen{seen1, seen2}},
		{"no end marker", body(one), []seen{seen1, {path: "a.tar", fault: "the archive has no end marker; 1 member was kept @ byte 1024"}}},
		{"cut in a header", join(body(one), two[:100]), []seen{seen1, {path: "a.tar", fault: "the archive ends inside a header; 1 member was kept @ byte 1024"}}},
		{"cut in data", three[:1024+513], []seen{seen1,
			{path: "two", text: "2", fault: "the archive ends early; 1 of 2 bytes were kept"},
			{path: "a.tar", fault: "the archive has no end marker; 1 member was kept @ byte 1537"}}},
		{"bad header", flip(three, 1024+5), []seen{seen1,
			{path: "a.tar", fault: "a header is damaged; 1 member was kept; reading resumed at byte 2048 @ byte 1024"}, seen3}},
		{"bad first header", flip(three, 5), []seen{
			{path: "a.tar", fault: "a header is damaged; 0 members were kept; reading resumed at byte 1024 @ byte 0"}, seen2, seen3}},
		{"bad last header", flip(join(body(one), two), 1024), []seen{seen1,
			{path: "a.tar", fault: "a header is damaged; 1 member was kept; no valid header follows @ byte 1024"},
			{path: "a.tar", fault: "the archive has no end marker; 1 member was kept @ byte 3072"}}},
		{"text behind", join(one, []byte("some text")), []seen{seen1,
			{path: "a.tar", fault: "9 bytes after the end marker @ byte 2048"}}},
		{"blocks behind", join(one, bytes.Repeat([]byte("x"), 1024)), []seen{seen1,
			{path: "a.tar", fault: "1024 bytes after the end marker; 1 member was kept; no valid header follows @ byte 2048"}}},
		{"shifted", join(body(one), []byte("abc"), two), []seen{seen1,
			{path: "a.tar", fault: "a header is damaged; 1 member was kept; reading resumed at byte 1027 @ byte 1024"}, seen2}},
		{"hard link", link('1'), []seen{{path: "l", text: "(not read)", fault: "hard link to /etc/shadow; not followed"}, seen1}},
		{"symbolic link", link('2'), []seen{{path: "l", text: "(not read)", fault: "symbolic link to /etc/shadow; not followed"}, seen1}},
		{"character device", link('3'), []seen{{path: "l", text: "(not read)", fault: "character device; not followed"}, seen1}},
		{"block device", link('4'), []seen{{path: "l", text: "(not read)", fault: "block device; not followed"}, seen1}},
		{"pipe", link('6'), []seen{{path: "l", text: "(not read)", fault: "named pipe; not followed"}, seen1}},
		{"folder", link('5'), []seen{seen1}},
		{"old GNU sparse", join(rawHeader("s", 'S', 512, func(b []byte) {
			copy(b[257:], "ustar  \x00")
			copy(b[483:], "\x80\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00")
			b[482] = 1
		}), make([]byte, 512), make([]byte, 512), body(one), end), []seen{
			{path: "s", text: "(not read)", fault: "sparse file of 1099511627776 bytes in 1536 bytes of archive; not expanded @ member 1"}, seen1}},
		{"huge attribute record", join(rawHeader("x", 'x', 3<<20, nil), make([]byte, 3<<20), body(one), end), []seen{
			{path: "a.tar", fault: "a record of 3145728 bytes for names or attributes, the limit is 1048576; not read @ byte 512"}, seen1}},
		{"damaged attribute record", join(rawHeader("x", 'x', 20, nil), blockOf("99 nonsense"), body(one), end), []seen{
			{path: "a.tar", fault: "a record of attributes is damaged; what stands before the damage counts @ byte 512"}, seen1}},
		{"size beyond everything", join(rawHeader("big", '0', 1<<32, nil), blockOf("x")), []seen{
			{path: "big", text: string(blockOf("x")), fault: "the archive ends early; 512 of 4294967296 bytes were kept"},
			{path: "a.tar", fault: "the archive has no end marker; 0 members were kept @ byte 1024"}}},
		{"outside", join(rawHeader("../../etc/passwd", '0', 1, nil), blockOf("x"), end), []seen{
			{path: "../../etc/passwd", fault: "name points outside the bundle; read under its written name, nothing written @ member 1"},
			{path: "../../etc/passwd", text: "x"}}},
		{"same names", join(body(one), body(one), body(one), end), []seen{seen1,
			{path: "one#2", fault: "the archive has another member of this name; this is number 2 @ member 2"},
			{path: "one#2", text: "1\n"},
			{path: "one#3", fault: "the archive has another member of this name; this is number 3 @ member 3"},
			{path: "one#3", text: "1\n"}}},
		{"GBK name", join(rawHeader("\xc8\xd5\xd6\xbe.log", '0', 1, nil), blockOf("x"), end), []seen{{path: "日志.log", text: "x"}}},
		{"bytes in a name", join(rawHeader("a\xff\xff.log", '0', 1, nil), blockOf("x"), end), []seen{{path: "a\xff\xff.log", text: "x"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantSeen(t, walkBytes(t, "a.tar", c.in, Limits{}), c.want...)
			// Inside a compressed file all is the same but for the bytes' numbers.
			if got := walkBytes(t, "a.tar", gzipOf(t, c.in), Limits{}); len(got) != len(c.want) {
				t.Errorf("compressed:\n%s", show(got))
			}
		})
	}
}

// TestTarGap damages a compressed archive so that only a later stream of it can
// be read: the members there are found again.
func TestTarGap(t *testing.T) {
	r := rand.New(rand.NewSource(3))
	var files []file
	for i := range 8 {
		files = append(files, file{fmt.Sprintf("f%d", i), logText(r, "x", 200)})
	}
	all := tarOf(t, files...)
	var parts [][]byte
	for at := 0; at < len(all); at += 20_000 {
		parts = append(parts, gzipOf(t, all[at:min(at+20_000, len(all))]))
	}
	parts[1] = flip(parts[1], len(parts[1])/2)
	got := walkBytes(t, "a.tgz", join(parts...), Limits{})
	whole := map[string]bool{}
	faults := 0
	for _, s := range got {
		if s.fault != "" {
			faults++
			continue
		}
		whole[s.path] = s.text == files[s.path[1]-'0'].text
	}
	if len(whole) < 5 || !whole["f0"] || !whole["f6"] || !whole["f7"] || faults < 2 {
		t.Errorf("got:\n%s", show(got))
	}
}

// TestTarAgainstStandard reads archives of all forms that the standard library
// writes, with names and times of all sorts, and compares with what it reads.
func TestTarAgainstStandard(t *testing.T) {
	long := strings.Repeat("directory/", 30) + "file"
	times := []time.Time{when, time.Unix(1<<33+5, 0), time.Unix(1234567890, 123456789), time.Unix(-1000, 5e8), time.Unix(1, 0)}
	for _, format := range []tar.Format{tar.FormatUSTAR, tar.FormatPAX, tar.FormatGNU} {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		for i, name := range []string{"a", "dir/b", long, strings.Repeat("x", 99), strings.Repeat("y", 100), strings.Repeat("z", 150) + "/1", "日志", "sp ace"} {
			h := &tar.Header{Name: name, Size: int64(i * 300), Mode: 0o600, ModTime: times[i%len(times)], Format: format}
			if w.WriteHeader(h) != nil {
				continue // this format cannot
			}
			w.Write(bytes.Repeat([]byte{'a' + byte(i)}, i*300))
		}
		must(t, w.Close())
		var want, got []string
		r := tar.NewReader(bytes.NewReader(b.Bytes()))
		for {
			h, err := r.Next()
			if err == io.EOF {
				break
			}
			must(t, err)
			text, err := io.ReadAll(r)
			must(t, err)
			want = append(want, fmt.Sprint(h.Name, h.Size, h.ModTime.UnixNano(), len(text), text[:min(len(text), 1)]))
		}
		for _, s := range walkMembers(t, b.Bytes()) {
			got = append(got, fmt.Sprint(s.Path, s.Size, s.Modified.UnixNano(), len(s.text), []byte(s.text)[:min(len(s.text), 1)]))
		}
		if len(want) < 4 {
			t.Fatalf("%v: only %d members", format, len(want))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v:\ngot  %q\nwant %q", format, got, want)
		}
	}
}
