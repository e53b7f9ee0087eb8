package main

import (
	"regexp"
	"time"
)

// A lineStamp is the time a line of a case begins with.
type lineStamp struct {
	at       time.Time
	layout   string
	from, to int
}

const syslogLayout = "Jan _2 15:04:05"

// stampLayouts are the times that lines of cases begin with, perhaps behind a
// bracket; what they have of fractions and zones stays as it is.
var stampLayouts = []struct {
	form   *regexp.Regexp
	layout string
}{
	{regexp.MustCompile(`^[^\d\n]{0,12}(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)`), "2006-01-02T15:04:05"},
	{regexp.MustCompile(`^[^\d\n]{0,12}(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)`), "2006-01-02 15:04:05"},
	{regexp.MustCompile(`^(?:<\d+>)?((?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d)`), syslogLayout},
	{regexp.MustCompile(`^(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d)`), "2006/01/02 15:04:05"},
	{regexp.MustCompile(`^(\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d)`), "02-Jan-2006 15:04:05"},
	{regexp.MustCompile(`^\d+:[MCSX] (\d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d)`), "02 Jan 2006 15:04:05"},
}

// stampIn finds the time a line begins with.
func stampIn(line []byte) (lineStamp, bool) {
	for _, l := range stampLayouts {
		m := l.form.FindSubmatchIndex(line)
		if m == nil {
			continue
		}
		at, err := time.Parse(l.layout, string(line[m[2]:m[3]]))
		return lineStamp{at, l.layout, m[2], m[3]}, err == nil
	}
	return lineStamp{}, false
}

// moved returns the line with its time moved.
func (s lineStamp) moved(line []byte, by time.Duration) []byte {
	if by == 0 {
		return line
	}
	out := append([]byte(nil), line[:s.from]...)
	out = append(out, s.at.Add(by).Format(s.layout)...)
	return append(out, line[s.to:]...)
}
