package report

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// width is how many columns of a terminal a visible text takes: two for
// Chinese, Japanese, Korean and full-width characters and for pictures, none
// for marks that combine with what stands before them.
func width(s string) int {
	n := 0
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			n++
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		n += runeWidth(r)
		i += size
	}
	return n
}

// wide are the ranges that take two columns.
var wide = [...][2]rune{
	{0x1100, 0x115f}, {0x231a, 0x231b}, {0x2329, 0x232a}, {0x23e9, 0x23ec}, {0x23f0, 0x23f0}, {0x23f3, 0x23f3},
	{0x25fd, 0x25fe}, {0x2614, 0x2615}, {0x2648, 0x2653}, {0x267f, 0x267f}, {0x2693, 0x2693}, {0x26a1, 0x26a1},
	{0x26aa, 0x26ab}, {0x26bd, 0x26be}, {0x26c4, 0x26c5}, {0x26ce, 0x26ce}, {0x26d4, 0x26d4}, {0x26ea, 0x26ea},
	{0x26f2, 0x26f3}, {0x26f5, 0x26f5}, {0x26fa, 0x26fa}, {0x26fd, 0x26fd}, {0x2705, 0x2705}, {0x270a, 0x270b},
	{0x2728, 0x2728}, {0x274c, 0x274c}, {0x274e, 0x274e}, {0x2753, 0x2755}, {0x2757, 0x2757}, {0x2795, 0x2797},
	{0x27b0, 0x27b0}, {0x27bf, 0x27bf}, {0x2b1b, 0x2b1c}, {0x2b50, 0x2b50}, {0x2b55, 0x2b55},
	{0x2e80, 0x303e}, {0x3041, 0x3247}, {0x3250, 0x33ff}, {0x3400, 0x4dbf}, {0x4e00, 0xa4cf}, {0xa960, 0xa97f}, {0xac00, 0xd7a3},
	{0xf900, 0xfaff}, {0xfe10, 0xfe19}, {0xfe30, 0xfe6f}, {0xff01, 0xff60}, {0xffe0, 0xffe6},
	{0x16fe0, 0x18d08}, {0x1aff0, 0x1b2ff}, {0x1f004, 0x1f004}, {0x1f0cf, 0x1f0cf}, {0x1f18e, 0x1f18e}, {0x1f191, 0x1f19a},
	{0x1f200, 0x1f320}, {0x1f32d, 0x1f335}, {0x1f337, 0x1f37c}, {0x1f37e, 0x1f393}, {0x1f3a0, 0x1f3ca}, {0x1f3cf, 0x1f3d3},
	{0x1f3e0, 0x1f3f0}, {0x1f3f4, 0x1f3f4}, {0x1f3f8, 0x1f43e}, {0x1f440, 0x1f440}, {0x1f442, 0x1f4fc}, {0x1f4ff, 0x1f53d},
	{0x1f54b, 0x1f54e}, {0x1f550, 0x1f567}, {0x1f57a, 0x1f57a}, {0x1f595, 0x1f596}, {0x1f5a4, 0x1f5a4}, {0x1f5fb, 0x1f64f},
	{0x1f680, 0x1f6c5}, {0x1f6cc, 0x1f6cc}, {0x1f6d0, 0x1f6d2}, {0x1f6d5, 0x1f6d7}, {0x1f6dc, 0x1f6df}, {0x1f6eb, 0x1f6ec},
	{0x1f6f4, 0x1f6fc}, {0x1f7e0, 0x1f7eb}, {0x1f7f0, 0x1f7f0}, {0x1f90c, 0x1f93a}, {0x1f93c, 0x1f945}, {0x1f947, 0x1f9ff},
	{0x1fa70, 0x1faff}, {0x20000, 0x3fffd},
}

func runeWidth(r rune) int {
	if r < 0x300 {
		return 1
	}
	if r >= 0x1100 {
		lo, hi := 0, len(wide)
		for lo < hi {
			if mid := (lo + hi) / 2; wide[mid][1] < r {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		if lo < len(wide) && wide[lo][0] <= r {
			if r == 0x303f || r >= 0x302a && r <= 0x302d || r == 0x3099 || r == 0x309a {
				return 0
			}
			return 2
		}
	}
	if unicode.In(r, unicode.Mn, unicode.Me) {
		return 0
	}
	return 1
}

// Cut shortens a visible text to so many columns and marks that it did.
func Cut(s string, columns int) string {
	if len(s) <= columns || width(s) <= columns {
		return s
	}
	n := 0
	for i, r := range s {
		w := runeWidth(r)
		if n+w > columns-1 {
			return s[:i] + "…"
		}
		n += w
	}
	return s
}

// pad fills a visible text with blanks to so many columns.
func pad(s string, columns int) string {
	if n := columns - width(s); n > 0 {
		return s + strings.Repeat(" ", n)
	}
	return s
}

// Wrap breaks a visible text into lines of at most so many columns, for who
// prints other things than reports.
func Wrap(s string, columns int) []string { return wrap(s, columns) }

// wrap breaks a visible text into lines of at most so many columns: at blanks,
// between Chinese characters, and inside a word only where it is longer than a
// line. Chinese closing punctuation does not begin a line.
func wrap(s string, columns int) []string {
	columns = max(columns, 8)
	var lines []string
	for len(s) > 0 {
		n := lineEnd(s, columns)
		lines = append(lines, strings.TrimRight(s[:n], " "))
		s = strings.TrimLeft(s[n:], " ")
	}
	return lines
}

// lineEnd returns how many bytes of s go on the next line.
func lineEnd(s string, columns int) int {
	used, at := 0, 0 // at: the last place where a line may end
	var prev rune
	for i, r := range s {
		if i > 0 && mayBreak(prev, r) {
			at = i
		}
		if used += runeWidth(r); used > columns {
			if r == ' ' {
				return i
			}
			if at == 0 {
				return max(i, 1)
			}
			return at
		}
		prev = r
	}
	return len(s)
}

// mayBreak tells whether a line may end between two characters.
func mayBreak(a, b rune) bool {
	if a == ' ' {
		return b != ' '
	}
	if runeWidth(a) < 2 && runeWidth(b) < 2 {
		return false
	}
	return !strings.ContainsRune("，。、；：？！）》」』】〉”’…—,.;:?!)%", b) && !strings.ContainsRune("（《「『【〈“‘(", a) && b != ' '
}
