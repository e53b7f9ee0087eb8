package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"forensic"
	"forensic/event"
	"forensic/fixtures"
	"forensic/report"
	"forensic/rules"
)

// A near miss is a case changed a little, so that what its rule must say is
// known: nothing, where an event that it needs is gone, comes too late or is
// another peer's; the same, where only the zone of the clocks changed or a log
// was rotated in between; more, where a line says that it stands for others.
type nearMiss struct {
	what  string
	files []fixtures.File
	zone  *time.Location
	want  []string // what the rule must find; nil: nothing
	role  string   // the selection of which no event may be left
}

// A lineOf is a place in a member of a case: lines first to last, from 1.
type lineOf struct {
	file        int
	first, last int
	at          int64
	role        string
	peer        string // its host, for which keys are compared
}

// A nearKit makes the near misses of one case that fires.
type nearKit struct {
	c     *ruleCase
	rule  *rules.Rule
	r     *forensic.Result
	want  []string
	roles map[string]bool // selections that the match needs
	seen  []lineOf        // evidence of those
	whole bool            // all of the evidence is known
	logs  map[int]string  // members that are logs: their format
}

// testNear runs a case with its rule alone, then all its near misses, and
// returns what is wrong, and how many were tried.
func (c *ruleCase) testNear(ctx context.Context, rule *rules.Rule) (wrong []string, tried int, err error) {
	k, err := newNearKit(ctx, c, rule)
	if err != nil || k == nil {
		return nil, 0, err
	}
	for _, m := range k.misses() {
		tried++
		r, err := c.analyse(ctx, m.files, m.zone, rule)
		if err != nil {
			return nil, tried, err
		}
		for range maxOthers { // another event of the role took the place of the dropped one
			others := evidenceOf(r, m.files, m.role)
			if len(others) == 0 {
				break
			}
			m.files = without(m.files, others)
			if r, err = c.analyse(ctx, m.files, m.zone, rule); err != nil {
				return nil, tried, err
			}
		}
		if got := saidBy(r, rule); !slices.Equal(got, m.want) {
			wrong = append(wrong, fmt.Sprintf("near miss, %s: %s says %s, and should say %s", m.what, rule.Name, orNothing(got), orNothing(m.want)))
		}
	}
	return wrong, tried, nil
}

const maxOthers = 8

// evidenceOf is where the events of a role stand that the findings show.
func evidenceOf(r *forensic.Result, files []fixtures.File, role string) []lineOf {
	var out []lineOf
	for _, f := range r.Findings {
		for _, e := range f.Evidence {
			if e.Role != role || role == "" {
				continue
			}
			for i := range r.Sources {
				if s := &r.Sources[i]; s.ID == e.Where.Source {
					if at := slices.IndexFunc(files, func(f fixtures.File) bool { return f.Name == s.Path }); at >= 0 {
						out = append(out, lineOf{file: at, first: e.Where.First, last: e.Where.Last})
					}
				}
			}
		}
	}
	return out
}

func orNothing(said []string) string {
	if len(said) == 0 {
		return "nothing"
	}
	return strings.Join(said, "; ")
}

// analyse runs one rule over the members of a case.
func (c *ruleCase) analyse(ctx context.Context, files []fixtures.File, zone *time.Location, rule *rules.Rule) (*forensic.Result, error) {
	dir, err := os.MkdirTemp("", "forensic-near-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	changed := c.Case
	changed.Files = files
	if err := changed.Write(dir); err != nil {
		return nil, err
	}
	if c.Modified().IsZero() {
		for _, f := range files {
			if err := os.Chtimes(filepath.Join(dir, filepath.FromSlash(f.Name)), unwrittenTime, unwrittenTime); err != nil {
				return nil, err
			}
		}
	}
	opt := forensic.Options{Rules: []rules.Rule{*rule}}
	if name := c.Facts["zone"]; name != "" && zone == nil {
		if zone, err = zoneNamed(name); err != nil {
			return nil, err
		}
	}
	if zone != nil {
		opt.Clock.Zones = map[string]*time.Location{"": zone}
	}
	return forensic.Analyze(ctx, []string{dir}, opt)
}

// saidBy is what a rule found, without times: host, keys and count.
func saidBy(r *forensic.Result, rule *rules.Rule) []string {
	var out []string
	for _, f := range r.Findings {
		if f.Rule == rule.Name {
			s := f.Host
			for _, a := range f.Key {
				s += " " + a.Name + "=" + report.Visible(a.Value)
			}
			out = append(out, fmt.Sprintf("%s %d", s, f.Count.Best))
		}
	}
	slices.Sort(out)
	return out
}

// newNearKit analyses the case as it is; nil where its rule alone finds nothing
// in it.
func newNearKit(ctx context.Context, c *ruleCase, rule *rules.Rule) (*nearKit, error) {
	alone := *rule
	alone.Causes, alone.Masks = nil, nil
	r, err := c.analyse(ctx, c.Files, nil, &alone)
	if err != nil {
		return nil, err
	}
	k := &nearKit{c: c, rule: &alone, r: r, want: saidBy(r, rule), roles: map[string]bool{}, logs: map[int]string{}, whole: true}
	if len(k.want) == 0 {
		return nil, nil
	}
	for _, n := range rule.Match.Names {
		if !n.Optional {
			k.roles[n.Selection] = true
		}
	}
	files, packets := map[int]int{}, map[int]bool{}
	for i := range r.Sources {
		s := &r.Sources[i]
		at := slices.IndexFunc(c.Files, func(f fixtures.File) bool { return f.Name == s.Path })
		if at < 0 || s.Unit != "line" {
			packets[s.ID] = true
			continue
		}
		files[s.ID] = at
		if s.Section == "" && slices.Contains(s.Kinds, event.LogMessage.Name) {
			k.logs[at] = s.Format
		}
	}
	for _, f := range r.Findings {
		n := 0
		for _, e := range f.Evidence {
			if !k.roles[e.Role] {
				continue
			}
			n++
			at, ok := files[e.Where.Source]
			if !ok || packets[e.Where.Source] {
				k.whole = false
				continue
			}
			k.seen = append(k.seen, lineOf{at, e.Where.First, e.Where.Last, e.At.At, e.Role, e.Host})
		}
		if n < f.Count.Best || f.Count.Low != f.Count.Best {
			k.whole = false
		}
	}
	return k, nil
}

func (k *nearKit) misses() []nearMiss {
	var out []nearMiss
	for _, make := range []func() []nearMiss{k.dropped, k.late, k.anotherPeer, k.anotherZone, k.rotated, k.repeated} {
		out = append(out, make()...)
	}
	return out
}
