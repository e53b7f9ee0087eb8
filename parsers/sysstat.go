package parsers

import (
	"strings"
	"time"

	"forensic/event"
)

// What sar, mpstat and pidstat print: a title with host and date, then tables
// whose rows begin with a time of day, in any locale, and averages at the end.
// Columns depend on the release and on what was asked.
//
//	Linux 3.10.0-1160.el7.x86_64 (app-07) 	11/24/2017 	_x86_64_	(4 CPU)
//	12:00:01 AM     CPU     %user     %nice   %system   %iowait    %steal     %idle
//	12:10:01 AM     all      5.00      0.00      2.00      1.00      0.00     92.00
var _ = addSnapshot(Format{
	Name:  "sysstat",
	Doc:   "sar, mpstat and pidstat: tables with a time in every row.",
	Files: []string{"sar*", "mpstat*", "pidstat*", "sa[0-9]*"},
	Kinds: []event.Kind{hostCPU, hostSample, event.HostName},
	Sniff: func(head []byte) Score {
		var x sysstat
		rows, titled := 0, false
		sc := snapshotScore(head, func(line string) bool {
			k := x.kindOf(line)
			titled = titled || k == sysstatTitle
			if k == sysstatRow || k == sysstatAverage {
				rows++
			}
			return k != sysstatOther
		})
		if rows == 0 || !titled {
			return Score{0, "no title with rows of times below it"}
		}
		sc.Points /= 0.95 // the title is sysstat's own
		return sc
	},
	Parse: snapshotOf(sysstatRead),
})

var hostSample = event.Kind{
	Name: "host.sample", Doc: "One row of a table of sar, mpstat or pidstat but for processors: what it is of, and its values by the names of their columns.",
	Attrs: []string{"table", "of", "values", "average"},
}

type sysstatLine uint8

const (
	sysstatOther sysstatLine = iota
	sysstatTitle
	sysstatHeader
	sysstatRow
	sysstatAverage
	sysstatRestart
)

// A sysstat remembers the title and the header above its rows.
type sysstat struct {
	w       words
	host    string
	date    event.Stamp // midnight of the day the title names; zero where nothing does
	open    bool        // it may be of another month
	columns []string
	from    int // the word its columns begin at
	at      event.Stamp
	last    int64
	days    int64
}

func (x *sysstat) kindOf(line string) sysstatLine {
	x.w.split(line)
	w := &x.w
	switch {
	case w.n == 0:
		return sysstatHeader
	case strings.HasPrefix(line, "Linux ") && w.n >= 4 && strings.HasPrefix(w.at(2), "("):
		x.host = strings.Trim(w.at(2), "()")
		x.date, x.open = sysstatDate(w.at(3))
		x.last, x.days = 0, 0
		return sysstatTitle
	}
	words := 0
	if c, n := clockAt(w.at(0)); n > 0 && n == len(w.at(0)) {
		words = 1
		if h, k := dayHalf(w.at(1), false); k > 0 && k == len(w.at(1)) {
			c.halve(h)
			words = 2
		}
		x.clock(c)
	} else if isNumber(w.at(0)) && len(w.at(0)) == 10 && w.n > 2 { // pidstat -h, in seconds since 1970
		if st, n := epochStamp(w.at(0), 10); n == 10 {
			x.at, words = st, 1
		}
	}
	average := strings.HasSuffix(w.at(0), ":") && len(w.at(0)) > 3 && w.n > 2
	switch {
	case words > 0 && strings.Contains(line, "RESTART"):
		return sysstatRestart
	case average && len(x.columns) > 0 && sysstatNumbers(w, 1):
		x.from = 1
		return sysstatAverage
	case words == 0 && !average:
		return sysstatOther
	case average:
		words = 1
	}
	if sysstatNumbers(w, words) {
		if len(x.columns) == 0 {
			return sysstatOther
		}
		x.from = words
		return sysstatRow
	}
	if w.n-words < 2 || !sysstatNames(w, words) {
		return sysstatOther
	}
	if was := strings.Join(x.columns, " "); was != strings.Join(strings.Fields(w.rest(words)), " ") {
		x.days = 0 // another table of the same day
	}
	x.columns = nil
	for i := words; i < w.n; i++ {
		x.columns = append(x.columns, w.at(i))
	}
	return sysstatHeader
}

// sysstatDate reads the day of a title: 11/24/2017, 24.11.2017, 2017-11-24,
// 11/24/17, 2017年11月24日. Between slashes the month leads unless it cannot;
// open says that the day might lead as well.
func sysstatDate(s string) (st event.Stamp, open bool) {
	if y, rest, ok := strings.Cut(s, "年"); ok {
		m, rest, _ := strings.Cut(rest, "月")
		s = y + "-" + m + "-" + strings.TrimSuffix(rest, "日")
	}
	order := orderAny
	if a, b, ok := strings.Cut(s, "/"); ok && len(a) <= 2 {
		order = orderMDY
		b, _, _ = strings.Cut(b, "/")
		if isNumber(a) && isNumber(b) && atoi(a) > 12 {
			order = orderDMY
		}
		open = isNumber(b) && isNumber(a) && atoi(a) <= 12 && atoi(b) <= 12 && atoi(a) != atoi(b)
	}
	st, n := stampOrdered(s+" 00:00:00", order)
	if n == 0 || st.Impossible || st.Has&event.HasYear == 0 {
		return event.Stamp{}, false
	}
	return st, open
}

// clock puts a time of day on the title's day, or a later one where midnight has
// passed.
func (x *sysstat) clock(c clock) {
	if c.hour > 23 || c.min > 59 || c.sec > 60 {
		return
	}
	of := (int64(c.hour)*3600 + int64(c.min)*60 + int64(c.sec)) * int64(time.Second)
	if of+int64(12*time.Hour) < x.last {
		x.days++
	}
	x.last = of
	x.at = x.date
	if x.date.Has == 0 {
		x.at = event.Stamp{Has: event.HasTime}
	}
	x.at.Wall += of + x.days*int64(24*time.Hour)
	x.at.Step = time.Second
}

// sysstatNumbers tells whether the words behind a time are a row: its last ones
// are numbers.
func sysstatNumbers(w *words, from int) bool {
	n := 0
	for i := from; i < w.n; i++ {
		if isDecimal(strings.ReplaceAll(strings.TrimPrefix(w.at(i), "-"), ",", ".")) {
			n++
		}
	}
	return n > 0 && 2*n >= w.n-from-1
}

// sysstatNames tells whether words are the names of columns.
func sysstatNames(w *words, from int) bool {
	named := 0
	for i := from; i < w.n; i++ {
		s := w.at(i)
		if strings.ContainsAny(s, "%/") || strings.Contains(s, "-") || isUpper(s) {
			named++
		}
	}
	return named >= 1 && !strings.HasSuffix(w.at(w.n-1), ":")
}

func sysstatRead(s *snapshot) {
	var x sysstat
	for i := range s.n() {
		switch x.kindOf(s.line(i)) {
		case sysstatTitle:
			s.claim(i)
			if isHostName(x.host) {
				hostnameSend(s, i, x.host)
			}
			if x.open {
				s.in.Assumed = append(s.in.Assumed, "the date "+x.w.at(3)+" is read as month and day, which is usual there; nothing tells that it is not the other way round")
			}
			if x.date.Zero() {
				s.odd(i, "the title's date could not be read; rows have the time of day only")
			}
		case sysstatHeader:
			s.claim(i)
		case sysstatRestart:
			e := s.begin(hostSample.Name, i, i)
			e.Stamp = x.at
			e.Set("table", "restart")
			s.send()
		case sysstatRow:
			x.row(s, i, false)
		case sysstatAverage:
			x.row(s, i, true)
		}
	}
}

// row emits one row; an average is of the whole table, which no time is.
func (x *sysstat) row(s *snapshot, i int, average bool) {
	processor := x.columns[0] == "CPU" && len(x.columns) > 2 && strings.HasPrefix(x.columns[1], "%")
	kind := hostSample.Name
	if processor {
		kind = hostCPU.Name
	}
	e := s.begin(kind, i, i)
	e.Stamp = x.at
	if average {
		e.Stamp = event.Stamp{}
		e.Set("average", "yes")
		if processor {
			e.Kind, processor = hostSample.Name, false
		}
	}
	if processor {
		e.Set("cpu", x.w.at(x.from))
		e.Set("unit", "percent")
		for k, name := range x.columns[1:] {
			if a := sysstatCPU[name]; a != "" {
				e.Set(a, strings.ReplaceAll(x.w.at(x.from+1+k), ",", "."))
			}
		}
		s.send()
		return
	}
	of, values := "", make([]string, 0, len(x.columns))
	for k, name := range x.columns {
		v := x.w.at(x.from + k)
		if k == len(x.columns)-1 {
			v = x.w.rest(x.from + k)
		}
		switch {
		case v == "":
		case name == "IFACE" || name == "DEV" || name == "CPU" && k == 0 || name == "PID" || name == "INTR" || name == "Command" || name == "FILESYSTEM" || name == "TTY" || name == "DEVICE":
			of = strings.TrimSpace(of + " " + v)
		default:
			values = append(values, name+"="+strings.ReplaceAll(v, ",", "."))
		}
	}
	e.Set("table", strings.Join(x.columns[:min(len(x.columns), 3)], " "))
	e.Set("of", of)
	e.Set("values", strings.Join(values, " "))
	s.send()
}

// sysstatCPU are the columns of the tables of processors.
var sysstatCPU = map[string]string{
	"%user": "user", "%usr": "user", "%nice": "nice", "%system": "system", "%sys": "system", "%iowait": "iowait", "%steal": "steal",
	"%idle": "idle", "%irq": "irq", "%soft": "softirq", "%guest": "guest", "%gnice": "guest_nice",
}
