package timeline

import (
	"time"

	"forensic/event"
)

// A family is what a stamp wrote of its time, and so what its key means:
//
//	absolute   nanoseconds since 1970 UTC
//	dated      the same as if the clock were UTC
//	yearless   the same in 1972, plus 366 days for each New Year seen before it
//	timed      the time of day on 1 January 1972, plus a day for each midnight seen
//	uptime     nanoseconds since the start
//	timeless   nothing; also stamps that cannot be
//
// Years and days are counted relative to the first record and decided later.
type family uint8

const (
	day        = int64(24 * time.Hour)
	canvasYear = 366 * day // the length of the year that stands for one not written
)

// canvas is where the year that stands for one not written begins.
var canvas = time.Date(event.YearUnwritten, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()

func familyOf(st *event.Stamp) family {
	const full = event.HasTime | event.HasDate | event.HasYear
	switch {
	case st.Impossible || st.Has == 0:
		return timeless
	case st.Has&event.SinceBoot != 0:
		return sinceBoot
	case st.Has&event.HasDate == 0:
		if st.Has&event.HasTime == 0 {
			return timeless
		}
		return timed
	case st.Has&event.HasYear == 0:
		return yearless
	case st.Has&(full|event.HasZone) == full|event.HasZone:
		return absolute
	default:
		return dated
	}
}

// written takes a key back to what its stamp wrote.
func written(key int64, st *event.Stamp) int64 {
	f := familyOf(st)
	if f == timeless || f == sinceBoot {
		return key
	}
	if st.Has&event.HasZone != 0 {
		key += int64(st.Zone) * int64(time.Minute)
	}
	switch f {
	case yearless:
		return canvas + floorMod(key-canvas, canvasYear)
	case timed:
		return canvas + floorMod(key-canvas, day)
	}
	return key
}

func floorMod(a, b int64) int64 {
	if m := a % b; m < 0 {
		return m + b
	} else {
		return m
	}
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
