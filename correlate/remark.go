package correlate

import (
	"slices"
	"time"

	"forensic/event"
	"forensic/rules"
)

// A sayer words what is remarkable about one template.
type sayer struct {
	o *observer
	g *group
	v *observed
	x *Observation
}

// note adds what it is, and a piece of sentence in each language.
func (s *sayer) note(what string, words func(chinese bool) string) {
	s.x.What = append(s.x.What, what)
	for i, lang := range languages {
		if before := s.x.Say[lang]; before != "" {
			s.x.Say[lang] = before + [...]string{"; ", "；"}[i] + words(i == 1)
		} else {
			s.x.Say[lang] = words(i == 1)
		}
	}
}

func (s *sayer) time(at int64, chinese bool) string {
	return s.o.e.timeText(s.o.moment(s.g, at), chinese)
}

// first is an error that came for the first time shortly before the incident.
func (s *sayer) first() {
	lead := s.o.before - s.v.first
	if s.o.begun == nil || s.g.zoned != s.o.begun.First.ZoneKnown || lead < 0 || lead > firstBefore || s.v.first == s.g.begin {
		return
	}
	if s.v.level != event.NoLevel && s.v.level < event.Error {
		return
	}
	s.note("first", func(chinese bool) string {
		if chinese {
			return "在 " + s.o.begun.ID + " 开始前 " + lengthText(time.Duration(lead), true) + " 首次出现"
		}
		return "first seen " + lengthText(time.Duration(lead), false) + " before " + s.o.begun.ID + " began"
	})
}

// new is what was not there before: at the rate it has had since, some would
// have come.
func (s *sayer) new() {
	before, since := s.v.first-s.g.begin, s.g.end-s.v.first
	if before < fewMinutes || float64(s.v.n)*float64(before) < expectNew*float64(since+minute) {
		return
	}
	s.note("new", func(chinese bool) string {
		if chinese {
			return "日志开始 " + lengthText(time.Duration(before), true) + " 后才出现（" + s.time(s.v.first, true) + "），此后 " + rules.Thousands(s.v.n) + " 次"
		}
		return "not there in the first " + lengthText(time.Duration(before), false) + " of the log; since " + s.time(s.v.first, false) + " it came " + times(s.v.n)
	})
}

// burst is a minute with many times what the others have.
func (s *sayer) burst() {
	minutes := (s.g.end - s.g.begin) / minute
	if s.v.peakN < leastBurst || minutes < fewMinutes/minute {
		return
	}
	others := float64(s.v.n-s.v.peakN) / float64(minutes)
	if float64(s.v.peakN) < timesBurst*others {
		return
	}
	s.note("burst", func(chinese bool) string {
		atLeast := [2]string{}
		if s.v.peakN >= maxLooked {
			atLeast = [2]string{"at least ", "至少 "}
		}
		rest := perText(others/60, chinese)
		switch {
		case chinese && others == 0:
			return s.o.e.timeText(s.x.PeakAt, true) + " 起的一分钟内" + atLeast[1] + rules.Thousands(s.v.peakN) + " 次，其余时间没有"
		case chinese:
			return s.o.e.timeText(s.x.PeakAt, true) + " 起的一分钟内" + atLeast[1] + rules.Thousands(s.v.peakN) + " 次，其余时间" + rest
		case others == 0:
			return atLeast[0] + rules.Thousands(s.v.peakN) + " in the minute from " + s.o.e.timeText(s.x.PeakAt, false) + ", none in the others"
		}
		return atLeast[0] + rules.Thousands(s.v.peakN) + " in the minute from " + s.o.e.timeText(s.x.PeakAt, false) + ", " + rest + " in the others"
	})
}

// stopped is what came steadily and then no more, although its log goes on. That
// what is new, or a burst, is over by the end says nothing more.
func (s *sayer) stopped() {
	if slices.Contains(s.x.What, "new") || slices.Contains(s.x.What, "burst") {
		return
	}
	lived, silent := s.v.last-s.g.begin, s.g.end-s.v.last
	if silent < fewMinutes || s.v.n < expectGone || float64(s.v.n)*float64(silent) < expectGone*float64(lived+minute) {
		return
	}
	s.note("stopped", func(chinese bool) string {
		if chinese {
			return s.time(s.v.last, true) + " 之后不再出现，而日志又持续了 " + lengthText(time.Duration(silent), true)
		}
		return "none after " + s.time(s.v.last, false) + ", although the log goes on for " + lengthText(time.Duration(silent), false)
	})
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return rules.Thousands(n) + " times"
}
