package report

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"forensic"
	"forensic/event"
	"forensic/timeline"
)

// Want chooses events of a list. Empty fields choose all; of several values one
// is enough.
type Want struct {
	Hosts    []string // by name
	Sources  []string // globs of paths, or of base names
	Kinds    []string // globs, such as zookeeper.*
	Level    event.Level
	Grep     *regexp.Regexp // in the message
	Findings []string
	Around   string        // a time as in Options.Since, in the zone of the bundle
	Within   time.Duration // on both sides of Around

	from, to int64
	around   bool
}

// settle resolves what depends on the clocks: times, and the other names and the
// addresses of hosts.
func (w *Want) settle(z zone, hosts []timeline.Clock) error {
	named := slices.Clone(w.Hosts)
	for i, name := range named {
		for j := range hosts {
			if h := &hosts[j]; slices.Contains(h.Names, name) || slices.Contains(h.Addresses, name) {
				named[i] = h.Host
			}
		}
	}
	w.Hosts = named
	if w.Around == "" {
		return nil
	}
	at, err := parseMoment(w.Around, z.loc)
	if err != nil {
		return err
	}
	w.from, w.to, w.around = at.Add(-w.Within).UnixNano(), at.Add(w.Within).UnixNano(), true
	return nil
}

// parseMoment reads RFC 3339, or a wall time in a zone.
func parseMoment(s string, loc *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if t, err := time.ParseInLocation(layout, s, loc); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf(`not a time: %q`, s)
}

// holds tells whether an event is wanted.
func (w *Want) holds(e *event.Event, s *forensic.Source, findings []string) bool {
	switch {
	case w.around && (e.At == event.NoTime || e.At < w.from || e.At > w.to):
		return false
	case w.Level != event.NoLevel && e.Level < w.Level:
		return false
	case len(w.Hosts) > 0 && !slices.Contains(w.Hosts, e.Host):
		return false
	case len(w.Kinds) > 0 && !anyGlob(w.Kinds, e.Kind, ""):
		return false
	case len(w.Sources) > 0 && (s == nil || !anyGlob(w.Sources, s.Path, path.Base(s.Path))):
		return false
	case w.Grep != nil && !w.Grep.MatchString(e.Text):
		return false
	case len(w.Findings) > 0 && !slices.ContainsFunc(findings, func(id string) bool { return slices.Contains(w.Findings, id) }):
		return false
	}
	return true
}

func anyGlob(globs []string, names ...string) bool {
	for _, g := range globs {
		for _, name := range names {
			if ok, _ := path.Match(g, name); ok && name != "" {
				return true
			}
			if name != "" && strings.HasSuffix(g, "/") && strings.HasPrefix(name, g) {
				return true
			}
		}
	}
	return false
}
