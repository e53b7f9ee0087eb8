package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// odd are inputs that scripts cannot write as text: odd NAME FILE.
func odd(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 || oddInputs[args[0]] == nil {
		ts.Fatalf("usage: odd NAME FILE")
	}
	b, err := oddInputs[args[0]]()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b, 0o600))
}

// summary writes what became of an input, a line each: summary PATH FILE.
func summary(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: summary PATH FILE")
	}
	ts.Check(ts.Exec("forensic", "analyze", "-f", "json", args[0]))
	type problem struct{ What, At string }
	var r struct {
		Inputs  []struct{ Problems []problem }
		Sources []struct {
			Path     string
			Lines    int
			Problems []problem
		}
		Skipped  []struct{ Path, Why string }
		Coverage struct {
			Members int
			Limits  []string `json:"limits_hit"`
		}
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &r))
	var b strings.Builder
	told := func(ps []problem) {
		for _, p := range ps {
			fmt.Fprintf(&b, "  %s (%s)\n", p.What, p.At)
		}
	}
	for _, in := range r.Inputs {
		told(in.Problems)
	}
	for _, s := range r.Sources {
		fmt.Fprintf(&b, "%q: %d lines\n", s.Path, s.Lines)
		told(s.Problems)
	}
	for _, s := range r.Skipped {
		fmt.Fprintf(&b, "%q: %s\n", s.Path, s.Why)
	}
	for _, l := range r.Coverage.Limits {
		fmt.Fprintf(&b, "limit: %s\n", l)
	}
	fmt.Fprintf(&b, "%d members\n", r.Coverage.Members)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(b.String()), 0o600))
}

const oddLog = "2024-03-02 10:14:03 INFO a: started\n2024-03-02 10:14:04 INFO a: ready\n"

func text(s string) func() ([]byte, error) { return func() ([]byte, error) { return []byte(s), nil } }

var oddInputs = map[string]func() ([]byte, error){
	"zeros": text(strings.Repeat("\x00", 5000)), "bom": text("\ufeff"), "byte": text("x"), "blanks": text(" \n\n"),
	"rar": text("Rar!\x1a\x07\x01\x00" + strings.Repeat("x", 60)), "7z": text("7z\xbc\xaf\x27\x1c\x00\x04" + strings.Repeat("x", 60)),
	"members": oddMembers, "names": oddNames, "methods": oddMethods, "gbk": oddGBK, "cut": oddCut, "tail": oddTail, "joined": oddJoined, "nested": oddNested, "zip-names": oddZipNames,
}

func oddTar(heads ...tar.Header) ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := range heads {
		h := &heads[i]
		h.Mode = 0o644
		if h.Typeflag == 0 || h.Typeflag == tar.TypeReg {
			h.Size = int64(len(oddLog))
		}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if h.Size > 0 {
			if _, err := w.Write([]byte(oddLog)); err != nil {
				return nil, err
			}
		}
	}
	err := w.Close()
	return b.Bytes(), err
}

// oddMembers has one member of each type that is no file.
func oddMembers() ([]byte, error) {
	return oddTar(tar.Header{Name: "real.log"}, tar.Header{Name: "symbolic", Typeflag: tar.TypeSymlink, Linkname: "../../etc/passwd"},
		tar.Header{Name: "hard", Typeflag: tar.TypeLink, Linkname: "real.log"}, tar.Header{Name: "character", Typeflag: tar.TypeChar, Devmajor: 1, Devminor: 5},
		tar.Header{Name: "block", Typeflag: tar.TypeBlock}, tar.Header{Name: "pipe", Typeflag: tar.TypeFifo}, tar.Header{Name: "last.log"})
}

// oddNames has names that leave the folder, that stand twice, and that differ in
// case alone.
func oddNames() ([]byte, error) {
	return oddTar(tar.Header{Name: "a.log"}, tar.Header{Name: "a.log"}, tar.Header{Name: "A.log"}, tar.Header{Name: "../a.log"}, tar.Header{Name: "/etc/a.log"}, tar.Header{Name: `C:\a.log`}, tar.Header{Name: "red\x1b[31m.log"})
}

func oddZipNames() ([]byte, error) {
	return oddZip(oddEntry{"a.log", 0, 0}, oddEntry{"a.log", 0, 0}, oddEntry{"A.log", 0, 0})
}

// An oddEntry is stored as it is, whatever its header says.
type oddEntry struct {
	name          string
	method, flags uint16
}

// oddZip writes an archive by hand: no library writes what these say.
func oddZip(entries ...oddEntry) ([]byte, error) {
	var b, dir bytes.Buffer
	sum, size := crc32.ChecksumIEEE([]byte(oddLog)), uint32(len(oddLog))
	for _, e := range entries {
		at := uint32(b.Len())
		fields := []any{uint16(20), e.flags, e.method, uint16(0), uint16(0x5862), sum, size, size, uint16(len(e.name)), uint16(0)}
		b.WriteString("PK\x03\x04")
		for _, f := range fields {
			if err := binary.Write(&b, binary.LittleEndian, f); err != nil {
				return nil, err
			}
		}
		b.WriteString(e.name + oddLog)
		dir.WriteString("PK\x01\x02\x14\x00")
		for _, f := range append(fields, uint16(0), uint16(0), uint16(0), uint32(0), at) {
			if err := binary.Write(&dir, binary.LittleEndian, f); err != nil {
				return nil, err
			}
		}
		dir.WriteString(e.name)
	}
	at, n := uint32(b.Len()), uint16(len(entries))
	size = uint32(dir.Len())
	b.Write(dir.Bytes())
	b.WriteString("PK\x05\x06")
	for _, f := range []any{uint16(0), uint16(0), n, n, size, at, uint16(0)} {
		if err := binary.Write(&b, binary.LittleEndian, f); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// oddMethods has members that are encrypted, or packed in a way nobody reads.
func oddMethods() ([]byte, error) {
	return oddZip(oddEntry{"secret.log", 0, 1}, oddEntry{"aes.log", 99, 1}, oddEntry{"lzma.log", 14, 0}, oddEntry{"unknown.log", 77, 0}, oddEntry{"good.log", 0, 0})
}

func oddGBK() ([]byte, error) {
	name, err := simplifiedchinese.GBK.NewEncoder().String("日志/应用.log")
	if err != nil {
		return nil, err
	}
	return oddZip(oddEntry{name, 0, 0})
}

func oddGzip(s string) ([]byte, error) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(s)); err != nil {
		return nil, err
	}
	err := w.Close()
	return b.Bytes(), err
}

func oddCut() ([]byte, error) {
	b, err := oddGzip(strings.Repeat(oddLog, 2000))
	return b[:len(b)-10], err
}

func oddTail() ([]byte, error) {
	b, err := oddGzip(oddLog)
	return append(b, "what a shell appended\n"...), err
}

func oddJoined() ([]byte, error) {
	one, err := oddTar(tar.Header{Name: "one.log"})
	if err != nil {
		return nil, err
	}
	two, err := oddTar(tar.Header{Name: "two.log"})
	return append(one, two...), err
}

// oddNested is an archive in an archive, deeper than is opened.
func oddNested() ([]byte, error) {
	inner := []byte(oddLog)
	for range 10 {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		f, err := w.Create("x")
		if err != nil {
			return nil, err
		}
		if _, err := f.Write(inner); err != nil {
			return nil, err
		}
		if err := w.Close(); err != nil {
			return nil, err
		}
		inner = b.Bytes()
	}
	return inner, nil
}
