package bundle

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"testing"
	"time"
)

// A zipPart is a member of a zip archive that is put together by hand.
type zipPart struct {
	name   string
	local  string // its name in its own header, where it is another
	flags  uint16
	method uint16
	data   string // as it stands in the archive
	size   int
	crc    uint32
	extra  string
	mode   uint32 // as Unix has it
	hidden bool   // not in the directory
	same   bool   // the directory points at the header of the part before
}

func storedPart(name, text string) zipPart {
	return zipPart{name: name, data: text, size: len(text), crc: crc32.ChecksumIEEE([]byte(text))}
}

func deflatedPart(name, text string) zipPart {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, 9)
	w.Write([]byte(text))
	w.Close()
	p := storedPart(name, text)
	p.method, p.data = 8, b.String()
	return p
}

// handmadeZip puts parts together.
func handmadeZip(parts ...zipPart) []byte {
	le := binary.LittleEndian
	var b, dir []byte
	n, offset := 0, 0
	for _, p := range parts {
		if !p.same {
			offset = len(b)
			local := p.local
			if local == "" {
				local = p.name
			}
			b = p.fields(append(b, "PK\x03\x04\x14\x00"...), p.flags&8 == 0)
			b = le.AppendUint16(b, uint16(len(local)))
			b = le.AppendUint16(b, uint16(len(p.extra)))
			b = append(append(append(b, local...), p.extra...), p.data...)
			if p.flags&8 != 0 {
				b = append(b, "PK\x07\x08"...)
				b = le.AppendUint32(b, p.crc)
				b = le.AppendUint32(b, uint32(len(p.data)))
				b = le.AppendUint32(b, uint32(p.size))
			}
		}
		if p.hidden {
			continue
		}
		n++
		dir = p.fields(append(dir, "PK\x01\x02\x14\x03\x14\x00"...), true)
		dir = le.AppendUint16(dir, uint16(len(p.name)))
		dir = le.AppendUint16(dir, uint16(len(p.extra)))
		dir = append(dir, make([]byte, 6)...)
		dir = le.AppendUint32(dir, p.mode<<16)
		dir = le.AppendUint32(dir, uint32(offset))
		dir = append(append(dir, p.name...), p.extra...)
	}
	start := len(b)
	b = append(append(b, dir...), "PK\x05\x06\x00\x00\x00\x00"...)
	b = le.AppendUint16(b, uint16(n))
	b = le.AppendUint16(b, uint16(n))
	b = le.AppendUint32(b, uint32(len(dir)))
	b = le.AppendUint32(b, uint32(start))
	return le.AppendUint16(b, 0)
}

func (p zipPart) fields(b []byte, sizes bool) []byte {
	le := binary.LittleEndian
	b = le.AppendUint16(b, p.flags)
	b = le.AppendUint16(b, p.method)
	b = le.AppendUint16(b, 10<<11|14<<5|1) // 10:14:02
	b = le.AppendUint16(b, 44<<9|3<<5|2)   // 2 March 2024
	if !sizes {
		return append(b, make([]byte, 12)...)
	}
	b = le.AppendUint32(b, p.crc)
	b = le.AppendUint32(b, uint32(len(p.data)))
	return le.AppendUint32(b, uint32(p.size))
}

func (p zipPart) with(edit func(p *zipPart)) zipPart {
	edit(&p)
	return p
}

func TestZip(t *testing.T) {
	one, two, three := storedPart("one", "1\n"), deflatedPart("two", "22\n"), deflatedPart("three", "333\n")
	whole := handmadeZip(one, two, three)
	dir := bytes.Index(whole, []byte("PK\x01\x02"))
	seen1, seen2, seen3 := seen{path: "one", text: "1\n"}, seen{path: "two", text: "22\n"}, seen{path: "three", text: "333\n"}
	refused := func(name, why string) seen {
		return seen{path: name, text: "(not read)", fault: why}
	}
	streamed := func(p zipPart) zipPart { return p.with(func(p *zipPart) { p.flags |= 8 }) }
	for _, c := range []struct {
		name string
		in   []byte
		want []seen
	}{
		{"whole", whole, []seen{seen1, seen2, seen3}},
		{"sizes behind the data", handmadeZip(streamed(one), streamed(two), three), []seen{seen1, seen2, seen3}},
		{"empty", handmadeZip(), nil},
		{"cut in the directory", whole[:dir+20], []seen{
			{path: "a.zip", fault: fmt.Sprintf("the archive has no directory at its end; members are read by their own headers @ byte %d", dir+20)}, seen1, seen2, seen3}},
		{"cut in the last member", whole[:dir-2], []seen{
			{path: "a.zip", fault: fmt.Sprintf("the archive has no directory at its end; members are read by their own headers @ byte %d", dir-2)}, seen1, seen2,
			{path: "three", text: "333\n", fault: "compressed data ends early; 4 bytes were kept @ byte 8"}}},
		{"cut, sizes behind the data", handmadeZip(streamed(one), streamed(two), three)[:150], []seen{
			{path: "a.zip", fault: "the archive has no directory at its end; members are read by their own headers @ byte 150"}, seen1, seen2,
			{path: "three", text: "333\n", fault: "compressed data ends early; 4 bytes were kept @ byte 6"}}},
		{"damaged directory", flip(whole, dir+1), []seen{
			{path: "a.zip", fault: fmt.Sprintf("the archive has no directory at its end; members are read by their own headers @ byte %d", len(whole))}, seen1, seen2, seen3}},
		{"damaged second record", flip(whole, dir+46+3), []seen{
			{path: "a.zip", fault: fmt.Sprintf("the directory is damaged; members are read by their own headers @ byte %d", len(whole))}, seen1, seen2, seen3}},
		{"suffix", join(whole, []byte("suffix")), []seen{seen1, seen2, seen3,
			{path: "a.zip", fault: fmt.Sprintf("6 bytes after the end marker; not read @ byte %d", len(whole))}}},
		{"prefix", join([]byte("MZ, a program that unpacks itself"), whole), []seen{
			{path: "a.zip", fault: "33 bytes before the archive; not read @ byte 0"}, seen1, seen2, seen3}},
		{"one behind the other", join(handmadeZip(one), handmadeZip(two)), []seen{
			{path: "a.zip", fault: "the directory at its end covers only a part; members are read by their own headers @ byte 219"}, seen1, seen2}},
		{"another name", handmadeZip(one.with(func(p *zipPart) { p.local = "evil" })), []seen{
			{path: "one", fault: "the directory names it one, its own header evil; the directory counts @ member 1"}, seen1}},
		{"checksum", handmadeZip(one.with(func(p *zipPart) { p.crc++ }), two), []seen{
			{path: "one", text: "1\n", fault: "the checksum does not match; 2 bytes were kept @ byte 2"}, seen2}},
		{"more than its size", handmadeZip(two.with(func(p *zipPart) { p.size = 1 })), []seen{
			{path: "two", text: "22\n", fault: "its header says 1 byte; 3 bytes were kept @ byte 9"}}},
		{"damaged data", handmadeZip(two.with(func(p *zipPart) { p.data = "\xff" + p.data[1:] }), one), []seen{
			{path: "two", fault: "compressed data is damaged; 0 of 3 bytes were kept @ byte 1"}, seen1}},
		{"hidden member", handmadeZip(one, two.with(func(p *zipPart) { p.hidden = true }), three), []seen{seen1,
			{path: "a.zip", fault: "42 bytes between members that the directory does not name; not read @ byte 35"}, seen3}},
		{"hidden at the end", handmadeZip(one, two.with(func(p *zipPart) { p.hidden = true })), []seen{seen1,
			{path: "a.zip", fault: "42 bytes between members that the directory does not name; not read @ byte 35"}}},
		{"twice the same bytes", handmadeZip(one, one.with(func(p *zipPart) { p.name, p.same = "other", true }), two), []seen{seen1,
			{path: "other", text: "(not read)", fault: "shares its bytes with one; not read a second time @ member 2"}, seen2}},
		{"encrypted", handmadeZip(one.with(func(p *zipPart) { p.flags |= 1 }), two), []seen{refused("one", "encrypted; not read @ member 1"), seen2}},
		{"AES", handmadeZip(one.with(func(p *zipPart) { p.method = 99 })), []seen{refused("one", "encrypted; not read @ member 1")}},
		{"deflate64", handmadeZip(one.with(func(p *zipPart) { p.method = 9 })), []seen{refused("one", "compressed with method 9 (deflate64); not read @ member 1")}},
		{"unknown method", handmadeZip(one.with(func(p *zipPart) { p.method = 77 })), []seen{refused("one", "compressed with method 77 (unknown); not read @ member 1")}},
		{"zstd", handmadeZip(zipPart{name: "z", method: 93, data: string(zstdOf(t, []byte(hello))), size: len(hello), crc: crc32.ChecksumIEEE([]byte(hello))}), []seen{{path: "z", text: hello}}},
		{"bzip2", handmadeZip(zipPart{name: "z", method: 12, data: string(bzip2Hello), size: len(hello), crc: crc32.ChecksumIEEE([]byte(hello))}), []seen{{path: "z", text: hello}}},
		{"xz", handmadeZip(zipPart{name: "z", method: 95, data: string(xzSHA256), size: len(hello), crc: crc32.ChecksumIEEE([]byte(hello))}), []seen{{path: "z", text: hello}}},
		{"symbolic link", handmadeZip(storedPart("l", "/etc/shadow").with(func(p *zipPart) { p.mode = 0xa1ff })), []seen{
			refused("l", "symbolic link to /etc/shadow; not followed")}},
		{"folder", handmadeZip(storedPart("logs/", ""), one), []seen{seen1}},
		{"same names", handmadeZip(one, one), []seen{seen1,
			{path: "one#2", fault: "the archive has another member of this name; this is number 2 @ member 2"}, {path: "one#2", text: "1\n"}}},
		{"outside", handmadeZip(storedPart(`..\..\x`, "1")), []seen{
			{path: `..\..\x`, fault: "name points outside the bundle; read under its written name, nothing written @ member 1"}, {path: `..\..\x`, text: "1"}}},
		{"GBK name", handmadeZip(storedPart("\xc8\xd5\xd6\xbe.log", "1")), []seen{{path: "日志.log", text: "1"}}},
		{"a compressed file", handmadeZip(storedPart("a.gz", string(gzipOf(t, []byte("x"))))), []seen{{path: "a.gz", text: "x"}}},
		{"a zip archive, stored", handmadeZip(storedPart("in.zip", string(whole))), []seen{
			{path: "in.zip!/one", text: "1\n"}, {path: "in.zip!/two", text: "22\n"}, {path: "in.zip!/three", text: "333\n"}}},
		{"a zip archive, deflated", handmadeZip(deflatedPart("in.zip", string(whole))), []seen{
			{path: "in.zip!/one", text: "1\n"}, {path: "in.zip!/two", text: "22\n"}, {path: "in.zip!/three", text: "333\n"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := walkBytes(t, "a.zip", c.in, Limits{})
			wantSeen(t, got, c.want...)
			if c.name == "prefix" {
				return // only what can be read anywhere shows it
			}
			if packed := walkBytes(t, "a.zip", gzipOf(t, c.in), Limits{}); !slices.Equal(packed, got) {
				t.Errorf("compressed:\n%s", show(packed))
			}
		})
	}
}

// TestZipOverlap reads an archive whose members all lie on one body.
func TestZipOverlap(t *testing.T) {
	parts := []zipPart{deflatedPart("0", strings.Repeat("x", 1<<20))}
	for i := 1; i < 2000; i++ {
		parts = append(parts, parts[0].with(func(p *zipPart) { p.name, p.same = fmt.Sprint(i), true }))
	}
	got := walkBytes(t, "a.zip", handmadeZip(parts...), Limits{})
	read := 0
	for _, s := range got {
		if s.fault == "" {
			read += len(s.text)
		}
	}
	if len(got) != 2000 || read != 1<<20 {
		t.Errorf("%d members, %d bytes read", len(got), read)
	}
}

func TestZipModified(t *testing.T) {
	unix := func(sec uint32) string {
		return string(binary.LittleEndian.AppendUint32([]byte("UT\x05\x00\x01"), sec))
	}
	ntfs := "\x0a\x00\x20\x00\x00\x00\x00\x00\x01\x00\x18\x00" +
		string(binary.LittleEndian.AppendUint64(nil, uint64((when.Unix()+11644473600)*1e7+5000000))) + strings.Repeat("\x00", 16)
	for _, c := range []struct {
		extra, from string
		want        time.Time
	}{
		{"", "zip entry without zone", time.Date(2024, 3, 2, 10, 14, 2, 0, time.UTC)},
		{unix(uint32(when.Unix())), "zip entry", when},
		{ntfs, "zip entry", when.Add(time.Second / 2)},
		{unix(uint32(when.Unix())) + ntfs, "zip entry", when},
		{ntfs + unix(uint32(when.Unix())), "zip entry", when},
		{"UT\x05", "zip entry without zone", time.Date(2024, 3, 2, 10, 14, 2, 0, time.UTC)},
	} {
		in := handmadeZip(storedPart("a", "1").with(func(p *zipPart) { p.extra = c.extra }))
		m := walkMembers(t, in)[0]
		if !m.Modified.Equal(c.want) || m.ModifiedFrom != c.from {
			t.Errorf("%q: %v from %s, want %v from %s", c.extra, m.Modified, m.ModifiedFrom, c.want, c.from)
		}
	}
}

// TestZip64 reads what the standard library writes for sizes it does not know,
// and an end record in its 64-bit form.
func TestZip64(t *testing.T) {
	b := zipOf(t, zip.Deflate, file{"a", "1"}, file{"b", "2"})
	end := bytes.LastIndex(b, []byte("PK\x05\x06"))
	le := binary.LittleEndian
	size, dir := le.Uint32(b[end+12:]), le.Uint32(b[end+16:])
	big := append([]byte(nil), b[:end]...)
	big = append(big, "PK\x06\x06"...)
	big = le.AppendUint64(big, 44)
	big = append(big, make([]byte, 12)...)
	for _, v := range []uint64{2, 2, uint64(size), uint64(dir)} {
		big = le.AppendUint64(big, v)
	}
	big = append(big, "PK\x06\x07\x00\x00\x00\x00"...)
	big = le.AppendUint64(big, uint64(end))
	big = append(big, 1, 0, 0, 0)
	big = append(big, "PK\x05\x06\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00"...)
	wantSeen(t, walkBytes(t, "a.zip", big, Limits{}), seen{path: "a", text: "1"}, seen{path: "b", text: "2"})
}
