package main

import (
	"bytes"
	"fmt"
	"net/netip"
	"path"
	"slices"
	"strings"
	"time"

	"forensic/event"
	"forensic/fixtures"
	"forensic/rules"
)

// dropped leaves out what the match cannot do without.
func (k *nearKit) dropped() []nearMiss {
	m := &k.rule.Match
	if !k.whole || len(k.seen) == 0 || slices.ContainsFunc(k.seen, func(l lineOf) bool { return k.logs[l.file] == "" }) { // a listing tells one thing in many lines
		return nil
	}
	switch m.Op {
	case rules.Any:
		if m.Repeat == nil {
			return []nearMiss{{what: "its only events dropped", files: k.without(k.seen)}}
		}
	case rules.Count:
		if m.Repeat == nil && len(k.want) == 1 && m.Distinct == "" && m.AtLeast <= len(k.seen) {
			return []nearMiss{{what: fmt.Sprintf("only %d of its events left", m.AtLeast-1), files: k.without(k.seen[m.AtLeast-1:])}}
		}
	case rules.Sequence, rules.Join:
		var out []nearMiss
		for _, n := range m.Names {
			role := k.of(n.Selection)
			if !n.Optional && len(role) > 0 && len(role) < 8 {
				out = append(out, nearMiss{what: "no " + n.Selection, files: k.without(role), role: n.Selection})
			}
		}
		return out
	case rules.Absence:
		if role := k.of(m.Names[0].Selection); len(role) > 0 && len(role) < 8 {
			return []nearMiss{{what: "no " + m.Names[0].Selection, files: k.without(role)}}
		}
	}
	return nil
}

func (k *nearKit) of(role string) []lineOf {
	return slices.DeleteFunc(slices.Clone(k.seen), func(l lineOf) bool { return l.role != role })
}

// without returns the members less some of their lines.
func (k *nearKit) without(gone []lineOf) []fixtures.File { return without(k.c.Files, gone) }

func without(files []fixtures.File, gone []lineOf) []fixtures.File {
	files = slices.Clone(files)
	for i := range files {
		lines := bytes.SplitAfter(files[i].Data, []byte("\n"))
		var kept []byte
		for n, line := range lines {
			if !slices.ContainsFunc(gone, func(l lineOf) bool { return l.file == i && n+1 >= l.first && n+1 <= l.last }) {
				kept = append(kept, line...)
			}
		}
		files[i].Data = kept
	}
	return files
}

// late moves the events so far apart that no two are in one window.
func (k *nearKit) late() []nearMiss {
	m := &k.rule.Match
	if m.Within == 0 || !k.whole || m.Repeat != nil || len(k.seen) < 2 {
		return nil
	}
	switch m.Op {
	case rules.Count:
		if m.AtLeast < 2 || m.Distinct != "" {
			return nil
		}
	case rules.Sequence, rules.Join:
	default:
		return nil
	}
	var times []int64
	for _, l := range k.seen {
		if l.at == event.NoTime || k.logs[l.file] == "" {
			return nil
		}
		times = append(times, l.at/int64(time.Second)) // finer parts of a stamp are not moved
	}
	slices.Sort(times)
	together := 1
	for i := range times {
		if n := i - slices.Index(times, times[i]) + 1; n > together {
			together = n
		}
	}
	if m.Op == rules.Count && together >= m.AtLeast || m.Op != rules.Count && together > 1 {
		return nil
	}
	files := slices.Clone(k.c.Files)
	gap := m.Within + time.Minute
	for at := range files {
		if k.logs[at] == "" {
			continue
		}
		lines := bytes.SplitAfter(files[at].Data, []byte("\n"))
		for n := range lines {
			stamp, ok := stampIn(lines[n])
			if !ok {
				continue
			}
			before := 0 // events before this line
			for _, l := range k.seen {
				own, ok := stampIn(lineAt(k.c.Files[l.file].Data, l.first))
				if !ok || own.layout != stamp.layout {
					return nil
				}
				if own.at.Before(stamp.at) {
					before++
				}
			}
			lines[n] = stamp.moved(lines[n], time.Duration(before)*gap)
		}
		files[at].Data = bytes.Join(lines, nil)
	}
	return []nearMiss{{what: "its events too far apart", files: files}}
}

func lineAt(data []byte, n int) []byte {
	lines := bytes.SplitAfter(data, []byte("\n"))
	if n < 1 || n > len(lines) {
		return nil
	}
	return lines[n-1]
}

// anotherPeer gives the last thing needed another peer than the first.
func (k *nearKit) anotherPeer() []nearMiss {
	m := &k.rule.Match
	if !k.whole || m.Op != rules.Sequence && m.Op != rules.Join || m.Repeat != nil || len(k.r.Findings) != 1 {
		return nil
	}
	var needed []string
	for _, n := range m.Names {
		if !n.Optional {
			needed = append(needed, n.Selection)
		}
	}
	if len(needed) < 2 {
		return nil
	}
	last := k.of(needed[len(needed)-1])
	for _, a := range k.r.Findings[0].Key {
		other := anotherValue(a.Value)
		if other == "" || len(last) == 0 {
			continue
		}
		files := slices.Clone(k.c.Files)
		for _, l := range last {
			lines := bytes.SplitAfter(files[l.file].Data, []byte("\n"))
			for n := l.first - 1; n < l.last && n < len(lines); n++ {
				lines[n] = bytes.ReplaceAll(lines[n], []byte(a.Value), []byte(other))
			}
			if joined := bytes.Join(lines, nil); !bytes.Equal(joined, files[l.file].Data) {
				files[l.file].Data = joined
			} else {
				return nil
			}
		}
		return []nearMiss{{what: "another " + a.Name, files: files}}
	}
	return nil
}

// anotherValue is an address like the given one, "" where it is none.
func anotherValue(v string) string {
	if _, err := netip.ParseAddr(v); err == nil {
		return "203.0.113.251"
	}
	if a, err := netip.ParseAddrPort(v); err == nil && a.Addr().Is4() {
		return fmt.Sprintf("203.0.113.251:%d", a.Port())
	}
	return ""
}

// anotherZone says that all clocks of the case show the time of another zone.
func (k *nearKit) anotherZone() []nearMiss {
	if k.c.Facts["zone"] != "" || !k.c.Modified().IsZero() {
		return nil
	}
	for _, f := range k.r.Findings {
		if f.First.ZoneKnown || !f.First.Known() {
			return nil
		}
	}
	return []nearMiss{{what: "another zone", files: k.c.Files, zone: time.FixedZone("", 9*3600), want: k.want}}
}

// rotated splits the log that tells most of it in the middle.
func (k *nearKit) rotated() []nearMiss {
	best, most := -1, 1
	for at := range k.c.Files {
		n := 0
		for _, l := range k.seen {
			if l.file == at && k.logs[at] != "" {
				n++
			}
		}
		if n > most {
			best, most = at, n
		}
	}
	if best < 0 {
		return nil
	}
	var starts []int
	for _, l := range k.seen {
		if l.file == best {
			starts = append(starts, l.first)
		}
	}
	slices.Sort(starts)
	f := k.c.Files[best]
	cut := starts[len(starts)/2]
	for _, at := range starts[1:] {
		// A line that stands for others says nothing without the one before it.
		if line := lineAt(f.Data, at); at != starts[0] && !bytes.Contains(line, []byte("suppressed")) && !bytes.Contains(line, []byte("repeated")) {
			cut = at
			break
		}
	}
	if line := lineAt(f.Data, cut); bytes.Contains(line, []byte("suppressed")) || bytes.Contains(line, []byte("repeated")) {
		return nil
	}
	_, ok := stampIn(lineAt(f.Data, cut))
	_, begins := stampIn(lineAt(f.Data, 1))
	if cut == starts[0] || !ok || !begins || path.Base(f.Name) == "dmesg" {
		return nil
	}
	lines := bytes.SplitAfter(f.Data, []byte("\n"))
	files := slices.Clone(k.c.Files)
	files[best] = fixtures.File{Name: f.Name, Data: bytes.Join(lines[cut-1:], nil)}
	files = append(files, fixtures.File{Name: f.Name + ".1", Data: bytes.Join(lines[:cut-1], nil)})
	return []nearMiss{{what: "its log rotated in between", files: files, want: k.want}}
}

// repeated adds a line of the system's logger that stands for two more.
func (k *nearKit) repeated() []nearMiss {
	m := &k.rule.Match
	if m.Op != rules.Any && m.Op != rules.Count || m.Distinct != "" || m.Repeat != nil || len(k.r.Findings) != 1 || len(k.seen) == 0 {
		return nil
	}
	l := k.seen[len(k.seen)-1]
	if k.logs[l.file] != "syslog" || l.first != l.last {
		return nil
	}
	line := bytes.TrimRight(lineAt(k.c.Files[l.file].Data, l.first), "\n")
	head, text, ok := bytes.Cut(line, []byte(": "))
	stamp, dated := stampIn(line)
	if !ok || !dated || stamp.layout != syslogLayout || bytes.Contains(text, []byte("repeated")) || len(bytes.Fields(head)) != 5 || bytes.HasSuffix(head, []byte("kernel")) {
		return nil
	}
	files := slices.Clone(k.c.Files)
	lines := bytes.SplitAfter(files[l.file].Data, []byte("\n"))
	added := fmt.Appendf(nil, "%s: message repeated 2 times: [ %s]\n", head, text)
	files[l.file].Data = bytes.Join(slices.Insert(lines, l.first, added), nil)
	said := saidBy(k.r, k.rule)[0]
	cut := strings.LastIndexByte(said, ' ')
	return []nearMiss{{what: "a line that says it came twice more", files: files,
		want: []string{fmt.Sprintf("%s %d", said[:cut], k.r.Findings[0].Count.Best+2)}}}
}
