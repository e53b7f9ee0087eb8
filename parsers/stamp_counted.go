package parsers

import "forensic/event"

// countedStamp reads the two dates of ISO 8601 that hold no month: by week and
// weekday, 2025-W02-1T10:00:00Z, and by the day of the year, 2025-010T10:00:00Z.
// A T must stand before the clock: a number behind a dash may be anything.
func countedStamp(s string) (event.Stamp, int) {
	if len(s) < 17 || !digits(s, 4) || s[4] != '-' {
		return event.Stamp{}, 0
	}
	year, i, day := num4(s), 0, 0
	switch {
	case s[5] == 'W' && digits(s[6:], 2) && s[8] == '-' && isDigit(s[9]):
		week, weekday := num2(s[6:]), int(s[9]-'0')
		if week < 1 || week > 53 || weekday < 1 || weekday > 7 || year < 1971 || year > 2260 {
			return event.Stamp{}, 0
		}
		// Week 1 holds 4 January; 1970 began on a Thursday.
		fourth := daysBefore(year, 1) + 3
		day, i = fourth-(fourth+3)%7+(week-1)*7+weekday-1, 10
	case digits(s[5:], 3):
		n := int(s[5]-'0')*100 + num2(s[6:])
		if n < 1 || n > 365 && !(n == 366 && isLeap(year)) || year < 1970 || year > 2261 {
			return event.Stamp{}, 0
		}
		day, i = daysBefore(year, 1)+n-1, 8
	default:
		return event.Stamp{}, 0
	}
	if s[i] != 'T' {
		return event.Stamp{}, 0
	}
	c, n := clockAt(s[i+1:])
	if n == 0 {
		return event.Stamp{}, 0
	}
	i += 1 + n
	st := stampOf(1970, 1, 1, c, s[:i])
	st.Has |= event.HasYear
	if !st.Impossible {
		st.Wall += int64(day) * int64(24*60*60*1e9)
	}
	return zoneAt(s, i, st)
}
