package correlate

import (
	"fmt"
	"strconv"
	"time"

	"forensic/event"
	"forensic/rules"
)

// The languages findings are worded in.
var languages = [...]string{"en", "zh"}

// counted prints a number of occurrences as a sentence wants it.
type counted struct {
	times   event.Times
	chinese bool
}

// String returns the best figure, with "at least" where less is certain.
func (c counted) String() string {
	n := rules.Thousands(c.times.Best)
	switch {
	case c.times.Low >= c.times.Best && c.times.High >= 0:
		return n
	case c.chinese:
		return "至少 " + n
	}
	return "at least " + n
}

// Amount returns the best figure.
func (c counted) Amount() int { return c.times.Best }

// bound prints an upper bound.
func bound(high int, chinese bool) string {
	switch {
	case high >= 0:
		return rules.Thousands(high)
	case chinese:
		return "无上限"
	}
	return "no upper bound"
}

// timeText prints a time no finer than its stamp, and its zone where that is
// known.
func (e *Engine) timeText(m Moment, chinese bool) string {
	if !m.Known() {
		if chinese {
			return "时间未知"
		}
		return "an unknown time"
	}
	layout := "2006-01-02 15:04:05"
	switch {
	case m.Step > 0 && m.Step <= time.Microsecond:
		layout += ".000000"
	case m.Step > 0 && m.Step < time.Second:
		layout += ".000"
	case m.Step >= time.Minute:
		layout = "2006-01-02 15:04"
	}
	switch {
	case !m.ZoneKnown:
		return m.Time().Format(layout)
	case e.In == nil || e.In == time.UTC:
		return m.Time().Format(layout) + " UTC"
	}
	return m.Time().In(e.In).Format(layout + " -07:00")
}

var units = [...]struct {
	size   time.Duration
	en, zh string
}{{24 * time.Hour, "d", "天"}, {time.Hour, "h", "小时"}, {time.Minute, "min", "分"}, {time.Second, "s", "秒"}, {time.Millisecond, "ms", "毫秒"}}

// lengthText prints a length of time with its two largest units.
func lengthText(d time.Duration, chinese bool) string {
	if d < 0 {
		d = -d
	}
	out := ""
	for i, u := range units {
		if d < u.size {
			continue
		}
		n := d / u.size
		out = length(int64(n), i, chinese)
		if rest := (d % u.size); i+1 < len(units)-1 {
			if m := rest / units[i+1].size; m > 0 {
				out += " " + length(int64(m), i+1, chinese)
			}
		} else if u.size == time.Second && d < 10*time.Second && rest >= 100*time.Millisecond {
			unit := u.en
			if chinese {
				unit = u.zh
			}
			out = strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " " + unit
		}
		return out
	}
	if chinese {
		return "不到 1 毫秒"
	}
	return "less than 1 ms"
}

func length(n int64, unit int, chinese bool) string {
	if chinese {
		return fmt.Sprintf("%d %s", n, units[unit].zh)
	}
	return fmt.Sprintf("%d %s", n, units[unit].en)
}

// spanText prints how long something went on; both ends may be as wide as their
// stamps.
func spanText(first, last Moment, chinese bool) string {
	if !first.Known() || !last.Known() {
		if chinese {
			return "未知时长"
		}
		return "an unknown time"
	}
	d := time.Duration(last.At - first.At)
	if d > 0 {
		return lengthText(d, chinese)
	}
	step := max(first.Step, time.Millisecond)
	if chinese {
		return "不到 " + lengthText(step, true)
	}
	return "less than " + lengthText(step, false)
}

// rateText prints how often something came, in the unit that gives a number to
// speak of.
func rateText(n float64, over time.Duration, chinese bool) string {
	if over <= 0 {
		return ""
	}
	return perText(n/over.Seconds(), chinese)
}

// perText prints a number a second, minute, hour or day.
func perText(perSecond float64, chinese bool) string {
	for i, u := range []struct {
		seconds float64
		en, zh  string
	}{{1, "a second", "每秒"}, {60, "a minute", "每分钟"}, {3600, "an hour", "每小时"}, {86400, "a day", "每天"}} {
		v := perSecond * u.seconds
		if v < 1 && i < 3 {
			continue
		}
		if chinese {
			return u.zh + " " + rules.Number(v).String()
		}
		return rules.Number(v).String() + " " + u.en
	}
	return ""
}
