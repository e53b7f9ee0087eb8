package forensic

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"forensic/bundle"
	"forensic/correlate"
	"forensic/event"
	"forensic/timeline"
)

// mostLimits of the bundle are listed; each is told with its member, too.
const mostLimits = 20

// limits lists which limits were reached while reading. The words are those of
// the members' problems.
func (r *Result) limits(reached []string) {
	slices.Sort(reached)
	for i, what := range reached {
		if i == mostLimits {
			more := len(reached) - i
			r.Limits = append(r.Limits, map[string]string{
				"en": fmt.Sprintf("%d more members reached a limit; each says so", more), "zh": fmt.Sprintf("另有 %d 个成员达到上限，各自已注明", more),
			})
			break
		}
		r.Limits = append(r.Limits, map[string]string{"en": what})
	}
}

// conclude takes over what the rules found.
func (r *Result) conclude(c *correlate.Conclusion) {
	r.Findings, r.Chains, r.NotRun, r.Account = c.Findings, c.Chains, c.NotRun, c.Account
	r.Measures = c.Measures
	r.Limits = append(r.Limits, c.LimitsHit...)
}

// observe takes over what is remarkable without any rule.
func (r *Result) observe(seen correlate.Seen) {
	r.Observed = seen
	r.Limits = append(r.Limits, seen.Limits...)
}

// notChecked tells each source which rules did not get through it.
func (r *Result) notChecked(stopped []correlate.Stopped) {
	for _, t := range stopped {
		for i := range r.Sources {
			if s := &r.Sources[i]; s.ID == t.Source {
				what := fmt.Sprintf("rule %s stopped after 100 ms; the line counts as not checked by it", t.Rule)
				if t.Parked {
					what = fmt.Sprintf("rule %s stopped after 100 ms %d times and was not tried any further here", t.Rule, t.Times)
				}
				s.Problems = append(s.Problems, event.Problem{What: what, At: fmt.Sprintf("line %d", t.Line), Times: t.Times})
			}
		}
	}
}

// settle adds what the timeline decided about each source.
func (r *Result) settle(line *timeline.Timeline, sources []event.Source) {
	r.First, r.Last, r.Step = event.NoTime, event.NoTime, 0
	for _, s := range sources {
		f := line.Facts(s.ID)
		r.Sources = append(r.Sources, Source{s, f})
		if f.First == event.NoTime {
			continue
		}
		if r.First == event.NoTime || f.First < r.First {
			r.First, r.Step = f.First, f.Step
		}
		if r.Last == event.NoTime || f.Last > r.Last {
			r.Last = f.Last
		}
	}
}

// hostOf returns which host has an address.
func hostOf(hosts []timeline.Clock) func(string) string {
	by := map[string]string{}
	for _, h := range hosts {
		for _, a := range h.Addresses {
			by[a] = h.Host
		}
	}
	return func(address string) string { return by[address] }
}

// inputs lists the PATHs, each with the damage that no source of it carries.
func (g *gatherer) inputs(paths []string, roots []bundle.Root) []Input {
	ins := make([]Input, len(paths))
	for i, p := range paths {
		ins[i] = Input{Path: inputName(p)}
	}
	for _, root := range roots {
		i := slices.Index(paths, root.Path)
		if i < 0 {
			continue
		}
		if bytes, sum := root.Sum(); bytes > 0 {
			ins[i].Bytes, ins[i].SHA256 = bytes, sum
		}
	}
	slices.SortFunc(g.faults, func(a, b bundle.Fault) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.At, b.At), strings.Compare(a.What, b.What))
	})
	for _, f := range g.faults {
		i := 0
		for j := range ins {
			if len(ins) > 1 && strings.HasPrefix(f.Path, ins[j].Path) {
				i = j
			}
		}
		what := f.What
		if f.Path != "" && f.Path != ins[i].Path {
			what = f.Path + ": " + what
		}
		ins[i].Faults = append(ins[i].Faults, event.Problem{What: what, At: f.At, Times: 1})
	}
	return ins
}

// inputName is how a PATH is called in a report: no folder of the machine it
// was read on.
func inputName(p string) string {
	if p == "-" {
		return "stdin"
	}
	name := filepath.Base(filepath.Clean(p))
	if name == "." || name == ".." || name == string(filepath.Separator) {
		if abs, err := filepath.Abs(p); err == nil {
			name = filepath.Base(abs)
		}
		if wd, err := os.Getwd(); err == nil && name == "." {
			name = filepath.Base(wd)
		}
	}
	return name
}

// A window is what --since and --until leave of the timeline.
type window struct{ since, until int64 }

func (w window) holds(at int64) bool {
	if at == event.NoTime {
		return w.since == 0 && w.until == event.NoTime
	}
	return at >= w.since && at <= w.until
}

// window resolves --since and --until, once the clocks are settled.
func (o Options) window(r *Result) (window, error) {
	last := int64(0)
	if r.Last != event.NoTime {
		last = r.Last
	}
	zone, _ := r.Zone()
	w := window{0, event.NoTime}
	if o.Since != "" {
		at, err := moment(o.Since, last, zone)
		if err != nil {
			return w, fmt.Errorf("--since %s: %w", o.Since, err)
		}
		w.since = at
	}
	if o.Until != "" {
		at, err := moment(o.Until, last, zone)
		if err != nil {
			return w, fmt.Errorf("--until %s: %w", o.Until, err)
		}
		w.until = at
	}
	return w, nil
}

// moment reads RFC 3339, a wall time in the zone that the report shows times
// in, or a length back from the last event.
func moment(s string, last int64, zone *time.Location) (int64, error) {
	if d, err := time.ParseDuration(s); err == nil {
		return last - int64(d), nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.UnixNano(), nil
	}
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t.UnixNano(), nil
		}
	}
	return 0, fmt.Errorf(`not a time: write 2014-11-24T15:00:00+08:00, "2014-11-24 15:00", or a length such as 2h`)
}
