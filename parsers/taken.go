package parsers

import (
	"strings"
	"time"

	"forensic/event"
)

// takenFromName reads when a snapshot was taken from what its file, or a folder
// above it, is called: netstat_20171124_134511.txt, ss-2017-11-24-13-45.log,
// sosreport-zk1.1234-20171124134511/sos_commands/… A folder's time is when the
// collecting began.
func takenFromName(path string) event.Stamp {
	parts := strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '!' })
	for i := len(parts) - 1; i >= 0; i-- {
		if st, ok := stampInName(parts[i]); ok {
			if i < len(parts)-1 {
				st.Step = max(st.Step, collecting)
			}
			return st
		}
	}
	return event.Stamp{}
}

// collecting is how long a collector may have been at it when it came to a
// file.
const collecting = 10 * time.Minute

// stampInName finds a date with a time in a name; a date alone is not when.
func stampInName(name string) (event.Stamp, bool) {
	for i := 0; i+10 <= len(name); i++ {
		if !isDigit(name[i]) || i > 0 && isDigit(name[i-1]) {
			continue
		}
		if st, ok := nameStamp(name[i:]); ok {
			return st, true
		}
	}
	return event.Stamp{}, false
}

// nameStamp reads year, month, day, hour, minute and perhaps second, of fixed
// width, with or without one sign between them.
func nameStamp(s string) (event.Stamp, bool) {
	var v [6]int
	at := 0
	for k := range v {
		width := 2
		if k == 0 {
			width = 4
		}
		if k > 0 && at < len(s) && strings.IndexByte("-_.:T+", s[at]) >= 0 {
			at++
		}
		if !digits(s[at:], width) {
			if k == 5 {
				v[5] = -1
				break
			}
			return event.Stamp{}, false
		}
		for i := range width {
			v[k] = v[k]*10 + int(s[at+i]-'0')
		}
		at += width
	}
	if at < len(s) && isDigit(s[at]) || v[0] < 1990 || v[0] > 2100 || v[3] > 23 || v[4] > 59 || v[5] > 59 {
		return event.Stamp{}, false
	}
	var c clock
	c.hour, c.min, c.sec, c.step = v[3], v[4], max(v[5], 0), time.Second
	if v[5] < 0 {
		c.step = time.Minute
	}
	st := stampOf(v[0], v[1], v[2], c, "")
	st.Has |= event.HasYear
	if at < len(s) && s[at] == 'Z' && (at+1 == len(s) || s[at+1] == '_' || !isWord(s[at+1])) {
		st.Has |= event.HasZone
	}
	return st, !st.Impossible
}
