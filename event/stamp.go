package event

import "time"

// Fields says what a stamp wrote.
type Fields uint8

const (
	HasTime Fields = 1 << iota // hour and minute
	HasDate                    // month and day
	HasYear
	HasZone   // an offset, in Stamp.Zone
	SinceBoot // Wall counts from the start of the machine or process; nothing else is written
)

// YearUnwritten is the year a Wall stands in where no year was written. It is a
// leap year, so that a 29 February stays one.
const YearUnwritten = 1972

// A Stamp is a time as written. The zero value means that none was.
type Stamp struct {
	Wall       int64 // nanoseconds since 1970 as if the clock were UTC; where the year is not written it is YearUnwritten, where the date is not written the 1st of January of it
	Has        Fields
	Zone       int16         // minutes east of UTC, where HasZone
	Step       time.Duration // its width: 1s, 1ms, 1µs; of a snapshot, the interval in which it was taken
	Impossible bool          // 30 February, 24:00, or outside 1970 to 2261: kept, never used as a time
	Text       string        // as written, only where Impossible, or the zone where it is a name
}

// Zero tells that no time was written.
func (s Stamp) Zero() bool { return s.Has == 0 && !s.Impossible }

// Absolute returns the time in nanoseconds since 1970 UTC where the stamp says
// all of it: date, year and zone.
func (s Stamp) Absolute() (int64, bool) {
	const all = HasTime | HasDate | HasYear | HasZone
	if s.Has&all != all || s.Impossible {
		return NoTime, false
	}
	return s.Wall - int64(s.Zone)*int64(time.Minute), true
}
