package parsers

import (
	"strings"

	"forensic/event"
)

// Words of dates in other languages, as Java and the C library print them.
// Longer forms stand before those they begin with.
var localMonths = [...]struct {
	word  string
	month int
}{
	// Chinese and Japanese; 十一月 is tried before 一月 can match its end
	{"十一月", 11}, {"十二月", 12}, {"十月", 10}, {"一月", 1}, {"二月", 2}, {"三月", 3}, {"四月", 4}, {"五月", 5}, {"六月", 6},
	{"七月", 7}, {"八月", 8}, {"九月", 9},
	{"10月", 10}, {"11月", 11}, {"12月", 12}, {"1月", 1}, {"2月", 2}, {"3月", 3}, {"4月", 4}, {"5月", 5}, {"6月", 6}, {"7月", 7},
	{"8月", 8}, {"9月", 9}, {"01月", 1}, {"02月", 2}, {"03月", 3}, {"04月", 4}, {"05月", 5}, {"06月", 6}, {"07月", 7}, {"08月", 8}, {"09月", 9},
	{"10월", 10}, {"11월", 11}, {"12월", 12}, {"1월", 1}, {"2월", 2}, {"3월", 3}, {"4월", 4}, {"5월", 5}, {"6월", 6}, {"7월", 7}, {"8월", 8}, {"9월", 9},
	// German, French
	{"Jänner", 1}, {"Jän", 1}, {"Januar", 1}, {"Februar", 2}, {"März", 3}, {"Mär", 3}, {"Mrz", 3}, {"April", 4}, {"Mai", 5}, {"Juni", 6}, {"Juli", 7}, {"August", 8},
	{"September", 9}, {"Sept", 9}, {"Oktober", 10}, {"Okt", 10}, {"November", 11}, {"Dezember", 12}, {"Dez", 12},
	{"Jan", 1}, {"Feb", 2}, {"Apr", 4}, {"Jun", 6}, {"Jul", 7}, {"Aug", 8}, {"Sep", 9}, {"Nov", 11},
	{"janvier", 1}, {"janv", 1}, {"février", 2}, {"févr", 2}, {"fév", 2}, {"mars", 3}, {"avril", 4}, {"avr", 4}, {"mai", 5}, {"juin", 6}, {"juillet", 7}, {"juil", 7},
	{"août", 8}, {"septembre", 9}, {"sept", 9}, {"octobre", 10}, {"oct", 10}, {"novembre", 11}, {"nov", 11}, {"décembre", 12}, {"déc", 12},
	// Spanish, Portuguese, Italian, Dutch
	{"ene", 1}, {"abr", 4}, {"ago", 8}, {"dic", 12}, {"fev", 2}, {"set", 9}, {"out", 10}, {"dez", 12}, {"gen", 1}, {"mag", 5}, {"giu", 6}, {"lug", 7}, {"ott", 10},
	{"jan", 1}, {"feb", 2}, {"mrt", 3}, {"mar", 3}, {"maart", 3}, {"apr", 4}, {"mei", 5}, {"may", 5}, {"jun", 6}, {"jul", 7}, {"aug", 8}, {"sep", 9}, {"okt", 10}, {"dec", 12},
	{"maj", 5},                                                                                                                // Swedish, Polish
	{"sty", 1}, {"lut", 2}, {"kwi", 4}, {"cze", 6}, {"lip", 7}, {"sie", 8}, {"wrz", 9}, {"paź", 10}, {"lis", 11}, {"gru", 12}, // lis is October in Croatian, which is not meant
	// Turkish
	{"Oca", 1}, {"Şub", 2}, {"Mar", 3}, {"Nis", 4}, {"May", 5}, {"Haz", 6}, {"Tem", 7}, {"Ağu", 8}, {"Eyl", 9}, {"Eki", 10}, {"Kas", 11}, {"Ara", 12},
	// Russian
	{"янв", 1}, {"фев", 2}, {"мар", 3}, {"апр", 4}, {"мая", 5}, {"июн", 6}, {"июл", 7}, {"авг", 8}, {"сен", 9}, {"окт", 10}, {"ноя", 11}, {"дек", 12},
}

// localBy has the words by their first byte: every line that begins with a
// letter is looked up.
var localBy [256][]uint8

func init() {
	for i, m := range localMonths {
		localBy[m.word[0]] = append(localBy[m.word[0]], uint8(i))
	}
}

// localMonth reads the name of a month in any of these languages, with its dot
// if it has one, and returns how long it is.
func localMonth(s string) (month, n int) {
	if s == "" {
		return 0, 0
	}
	for _, i := range localBy[s[0]] {
		w := localMonths[i].word
		if !strings.HasPrefix(s, w) {
			continue
		}
		n = len(w)
		if s[0] >= 0xd0 && s[0] <= 0xd1 { // Russian cases: нояб., ноября
			for n+1 < len(s) && s[n] >= 0xd0 && s[n] <= 0xd1 {
				n += 2
			}
		}
		if n < len(s) && s[n] == '.' {
			n++
		}
		if n < len(s) && (isWord(s[n]) || s[n] >= 0x80) {
			continue
		}
		return localMonths[i].month, n
	}
	return 0, 0
}

// localNamedStamp reads a date that begins with a month in another language:
//
//	十一月 20, 2026 10:22:39 上午   Nov. 20, 2026 10:22:39 vorm.   nov. 20, 2026 10:22:39 AM
func localNamedStamp(s string) (event.Stamp, int) {
	month, n := localMonth(s)
	if month == 0 {
		return event.Stamp{}, 0
	}
	return monthFirst(s, n, month)
}

// localYearStamp reads 2017年11月24日 下午1:46:54 and 2017. 11. 24. 오후 1:46:54.
func localYearStamp(s string) (event.Stamp, int) {
	rest, ok := strings.CutPrefix(s[4:], "年")
	if !ok {
		return event.Stamp{}, 0
	}
	year := num4(s)
	rest = strings.TrimLeft(rest, " ")
	month, i := num12(rest, 0)
	if i == 0 || !strings.HasPrefix(rest[i:], "月") {
		return event.Stamp{}, 0
	}
	rest = strings.TrimLeft(rest[i+len("月"):], " ")
	day, i := num12(rest, 0)
	if i == 0 || !strings.HasPrefix(rest[i:], "日") {
		return event.Stamp{}, 0
	}
	rest = rest[i+len("日"):]
	for strings.HasPrefix(rest, " ") {
		rest = rest[1:]
	}
	c, n := localClock(rest)
	if n == 0 {
		return event.Stamp{}, 0
	}
	return zoned(s, len(s)-len(rest)+n, year, month, day, c)
}

// localClock reads 13:46:54, 下午1:46:54 and 13时46分54秒.
func localClock(s string) (clock, int) {
	half, i := dayHalf(s, true)
	if c, n := clock12(s[i:]); n > 0 {
		c.halve(half)
		return c, i + n
	}
	var c clock
	for k, unit := range [...]string{"时", "分", "秒"} {
		v, j := num12(s, i)
		if j == 0 || !strings.HasPrefix(s[j:], unit) {
			return clock{}, 0
		}
		switch k {
		case 0:
			c.hour = v
		case 1:
			c.min = v
		case 2:
			c.sec = v
		}
		i = j + len(unit)
	}
	c.step = 1e9
	c.halve(half)
	return c, i
}

// A half says which half of the day a clock of twelve hours means.
type half int8

const (
	wholeDay half = iota
	morning
	afternoon
)

// halve turns a clock of twelve hours into one of 24.
func (c *clock) halve(h half) {
	switch {
	case h == morning && c.hour == 12:
		c.hour = 0
	case h == afternoon && c.hour < 12:
		c.hour += 12
	}
}

// dayHalf reads AM or PM in several languages and returns how long that is;
// where it stands before the clock the space behind it counts.
func dayHalf(s string, before bool) (half, int) {
	if len(s) < 2 || before && s[0] < 0x80 {
		return wholeDay, 0
	}
	if s[1]|0x20 == 'm' && (len(s) == 2 || !isWord(s[2]) && s[2] < 0x80) { // by far the commonest
		switch s[0] | 0x20 {
		case 'a':
			return morning, 2
		case 'p':
			return afternoon, 2
		}
	}
	for i := range dayHalves {
		d := &dayHalves[i]
		if d.word[0] != s[0] || !strings.HasPrefix(s, d.word) {
			continue
		}
		n := len(d.word)
		if s[0] < 0xe3 && n < len(s) && (isWord(s[n]) || s[n] >= 0xc3) { // it goes on
			continue
		}
		for before && n < len(s) && s[n] == ' ' {
			n++
		}
		return d.half, n
	}
	return wholeDay, 0
}

// dayHalves are the words of Java, the C library and Windows; longer forms
// stand before those they begin with.
var dayHalves = [...]struct {
	word string
	half half
}{
	{"上午", morning}, {"下午", afternoon}, {"凌晨", morning}, {"早上", morning}, {"清晨", morning}, {"中午", afternoon}, {"晚上", afternoon},
	{"午前", morning}, {"午後", afternoon}, {"오전", morning}, {"오후", afternoon},
	{"a.m.", morning}, {"A.M.", morning}, {"p.m.", afternoon}, {"P.M.", afternoon},
	{"a. m.", morning}, {"A. M.", morning}, {"p. m.", afternoon}, {"P. M.", afternoon},
	{"a.\u00a0m.", morning}, {"A.\u00a0M.", morning}, {"p.\u00a0m.", afternoon}, {"P.\u00a0M.", afternoon},
	{"a.\u202fm.", morning}, {"A.\u202fM.", morning}, {"p.\u202fm.", afternoon}, {"P.\u202fM.", afternoon},
	{"vorm.", morning}, {"nachm.", afternoon}, {"VORM.", morning}, {"NACHM.", afternoon},
	{"FM", morning}, {"EM", afternoon}, // Swedish; in small letters "em" is a word of Portuguese
	{"DOP.", morning}, {"ODP.", afternoon}, // Czech
	{"öö", morning}, {"ös", afternoon}, {"ÖÖ", morning}, {"ÖS", afternoon}, // Turkish
	{"DE.", morning}, {"DU.", afternoon}, // Hungarian
	{"π.μ.", morning}, {"μ.μ.", afternoon}, {"Π.Μ.", morning}, {"Μ.Μ.", afternoon}, // Greek
}

// spaceAt returns the length of a space at the start of s: a plain one, or one
// of those that newer Java puts before PM.
func spaceAt(s string) int {
	for _, gap := range [...]string{" ", "\u202f", "\u00a0"} {
		if strings.HasPrefix(s, gap) {
			return len(gap)
		}
	}
	return 0
}
