package timeline

import (
	"strconv"
	"time"

	"forensic/event"
)

// Format prints a settled time as RFC 3339 in UTC, as finely as its source
// wrote it: a stamp one second wide has no fraction. It is empty for NoTime.
func Format(at int64, step time.Duration) string {
	return string(AppendFormat(nil, at, step))
}

// AppendFormat appends what Format returns.
func AppendFormat(b []byte, at int64, step time.Duration) []byte {
	if at == event.NoTime {
		return b
	}
	sec, ns := floorDiv(at, int64(time.Second)), floorMod(at, int64(time.Second))
	days, rest := floorDiv(sec, 86400), floorMod(sec, 86400)
	y, m, d := civil(days)
	b = digits(b, y, 4)
	b = append(b, '-')
	b = digits(b, int64(m), 2)
	b = append(b, '-')
	b = digits(b, int64(d), 2)
	b = append(b, 'T')
	b = digits(b, rest/3600, 2)
	b = append(b, ':')
	b = digits(b, rest/60%60, 2)
	b = append(b, ':')
	b = digits(b, rest%60, 2)
	if n := places(step, ns); n > 0 {
		b = append(b, '.')
		for i := n; i < 9; i++ {
			ns /= 10
		}
		b = digits(b, ns, n)
	}
	return append(b, 'Z')
}

// places is how many digits of a second a step is worth. Where the step is not
// known, so many that nothing is lost.
func places(step time.Duration, ns int64) int {
	if step <= 0 {
		switch {
		case ns == 0:
			return 0
		case ns%1e6 == 0:
			return 3
		case ns%1e3 == 0:
			return 6
		}
		return 9
	}
	n := 0
	for unit := time.Second; unit > step && n < 9; unit /= 10 {
		n++
	}
	return n
}

func digits(b []byte, v int64, n int) []byte {
	if v < 0 {
		b, v = append(b, '-'), -v
	}
	var tmp [20]byte
	s := strconv.AppendInt(tmp[:0], v, 10)
	for i := len(s); i < n; i++ {
		b = append(b, '0')
	}
	return append(b, s...)
}

// civil is the date of a day counted from 1970, in the proleptic calendar.
func civil(days int64) (y int64, m, d int) {
	days += 719468 // from 0000-03-01
	era := floorDiv(days, 146097)
	of := days - era*146097
	yoe := (of - of/1460 + of/36524 - of/146096) / 365
	doy := of - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	d = int(doy - (153*mp+2)/5 + 1)
	m = int(mp + 3)
	if m > 12 {
		m -= 12
	}
	y = yoe + era*400
	if m <= 2 {
		y++
	}
	return y, m, d
}
