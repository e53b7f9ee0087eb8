package bundle

import (
	"path"
	"strings"
)

// compressedEnding is what the name of a compressed file ends with.
func compressedEnding(name string) string {
	for _, end := range []string{".gz", ".bz2", ".xz", ".zst", ".zip", ".tgz", ".Z", ".lz4"} {
		if strings.HasSuffix(name, end) {
			return end
		}
	}
	return ""
}

// rotatedFrom tells whether old is a name that rotation gives to base: a number
// or a date behind it or before its ending, and perhaps that of compression.
func rotatedFrom(old, base string) bool {
	old = strings.TrimSuffix(old, compressedEnding(old))
	if old == base || len(old) <= len(base) {
		return false
	}
	if rest, ok := strings.CutPrefix(old, base); ok {
		return rotationMark(rest)
	}
	ext := path.Ext(base)
	stem := strings.TrimSuffix(base, ext)
	rest, ok := strings.CutPrefix(old, stem)
	if !ok || ext == "" || stem == "" {
		return false
	}
	rest, ok = strings.CutSuffix(rest, ext)
	return ok && rotationMark(rest)
}

// rotationMark tells whether s is what tells rotated files apart: ".1",
// "-20261120", "_2026-11-20T15", ".old".
func rotationMark(s string) bool {
	if len(s) < 2 || !strings.ContainsRune("-._", rune(s[0])) {
		return false
	}
	switch s[1:] {
	case "old", "bak", "prev", "last", "backup":
		return true
	}
	digits := 0
	for _, c := range s[1:] {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case !strings.ContainsRune("-._:TZ", c):
			return false
		}
	}
	return digits > 0
}

// rotationNumber is the last number in a name's mark, -1 where there is none
// or it is a date.
func rotationNumber(name string) int {
	name = strings.TrimSuffix(name, compressedEnding(name))
	end := len(name)
	for end > 0 && (name[end-1] < '0' || name[end-1] > '9') {
		end--
	}
	from := end
	for from > 0 && name[from-1] >= '0' && name[from-1] <= '9' {
		from--
	}
	if end == from || end-from > 14 {
		return -1
	}
	n := 0
	for _, c := range name[from:end] {
		n = n*10 + int(c-'0')
	}
	return n
}
