package timeline

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"forensic/event"
)

// A machine of the scenario, and how its clock is wrong.
type machine struct {
	name   string
	addr   string
	offset int64   // ns ahead at start
	rate   float64 // drift
	zone   int64   // ns its local time is east
	has    event.Fields
	told   told
	setAt  int64 // when its clock was set
	setBy  int64
	nat    bool // behind the gateway, with all others that are
}

// writes is what its clock shows at a true time, cut to milliseconds.
func (m *machine) writes(at, start int64) int64 {
	w := at + m.offset + int64(m.rate*float64(at-start)) + m.zone
	if m.setAt != 0 && at >= m.setAt {
		w += m.setBy
	}
	return w - floorMod(w, int64(time.Millisecond))
}

// incident is five hosts, a server with a capture and four clients, New Year in
// the middle.
type incident struct {
	machines    []*machine
	capture     told
	start       int64
	connections int
	truth       map[string]int64 // true time by path and line
}

func newIncident(seed uint64, connections int, change func(*incident)) *incident {
	r := rand.New(rand.NewPCG(seed, 99))
	in := &incident{connections: connections, start: wall("2017-12-31 18:00:00"), truth: map[string]int64{}}
	offsets := []int64{0, -90e9, 3600e9 - 7e9, r.Int64N(60e9) - 30e9, r.Int64N(200e9) - 90e9}
	for i, name := range []string{"srv1", "app-01", "app-02", "app-03", "app-04"} {
		m := &machine{name: name, addr: fmt.Sprintf("192.0.2.%d", 10+i), offset: offsets[i], has: hasDated}
		if i > 0 {
			m.rate = (r.Float64()*2 - 1) * 50e-6
		}
		m.told.src = event.Source{ID: i, Path: name + "/zookeeper.log", Format: "zookeeper", Modified: time.Date(2018, 1, 1, 8, 0, 0, 0, time.UTC)}
		in.machines = append(in.machines, m)
	}
	in.machines[4].zone = 8 * int64(time.Hour)
	in.machines[3].nat = true
	for i, m := range in.machines {
		if i != 4 {
			m.has = hasAbsolute
		}
	}
	if change != nil {
		change(in)
	}
	in.capture.src = event.Source{ID: 50, Path: "srv1/server.pcap", Format: "capture", Unit: "packet"}

	type rec struct {
		at int64
		m  *machine // nil: the capture
		ev event.Event
	}
	var all []rec
	latency := func() int64 { return int64(r.ExpFloat64()*3e6) + 100e3 }
	srv := in.machines[0]
	used := map[string]bool{}
	for c := range connections {
		m := in.machines[1+r.IntN(4)]
		at := in.start + r.Int64N(int64(12*time.Hour))
		port := 32768 + r.IntN(28000)
		if r.IntN(100) >= 5 {
			for used[fmt.Sprint(m.addr, port)] {
				port = 32768 + r.IntN(28000)
			}
		} else if c > 0 { // a port used before, by the same host
			for p := range 28000 {
				if used[fmt.Sprint(m.addr, 32768+p)] {
					port = 32768 + p
					break
				}
			}
		}
		used[fmt.Sprint(m.addr, port)] = true
		inside := fmt.Sprintf("%s:%d", m.addr, port)
		outside := inside
		if m.nat {
			outside = fmt.Sprintf("198.51.100.7:%d", 1024+r.IntN(60000))
		}
		session := fmt.Sprintf("0x%x", 0x149c21809730000+uint64(c))
		tell := func(at int64, m *machine, kind string, attrs ...event.Attr) {
			all = append(all, rec{at, m, event.Event{Kind: kind, Attrs: attrs}})
		}
		cl := func(v string) event.Attr { return event.Attr{Name: "client", Value: v} }
		sn := event.Attr{Name: "session", Value: session}
		up := at + latency()
		tell(up, m, "zookeeper.client_connected", cl(inside))
		tell(at+50e3, nil, "flow.opened", cl(outside))
		tell(at+latency()+10e6, srv, "zookeeper.accepted", cl(outside))
		made := max(up, at+10e6) + latency()
		tell(made, srv, "zookeeper.session_established", cl(outside), sn)
		if c%3 == 0 {
			tell(made-20e3, nil, "zookeeper.connect_response", cl(outside), sn)
		}
		tell(made+latency()-90e3, m, "zookeeper.client_session", sn)
		ended := made + r.Int64N(int64(time.Hour))
		tell(ended, srv, "zookeeper.closed", cl(outside), sn)
		tell(ended+latency(), nil, "flow.summary", cl(outside), event.Attr{Name: "close", Value: "fin_client"})
	}
	slices.SortStableFunc(all, func(a, b rec) int { return int(min(max(a.at-b.at, -1), 1)) })
	for _, e := range all {
		to := &in.capture
		ev := e.ev
		if e.m == nil {
			ev.Stamp = event.Stamp{Wall: e.at - e.at%1000, Has: hasAbsolute, Step: time.Microsecond}
		} else {
			to = &e.m.told
			ev.Stamp = event.Stamp{Wall: e.m.writes(e.at, in.start), Has: e.m.has, Step: time.Millisecond}
		}
		to.events = append(to.events, ev)
		in.truth[fmt.Sprintf("%s:%d", to.src.Path, len(to.events))] = e.at
	}
	return in
}

func (in *incident) sources() []told {
	all := []told{in.capture}
	for _, m := range in.machines {
		all = append(all, m.told)
	}
	return all
}

// TestOffsetsHoldTheirError sweeps seeds: whatever the clocks do, no event may be
// further from its true time than the printed error says. With few connections
// a host may stay without an offset, but then says so.
func TestOffsetsHoldTheirError(t *testing.T) {
	for _, connections := range []int{60, 400} {
		for seed := range uint64(10) {
			t.Run(fmt.Sprintf("%d connections, seed %d", connections, seed), func(t *testing.T) {
				in := newIncident(seed, connections, nil)
				tl := New(t.TempDir())
				defer tl.Close()
				sources := gather(t, tl, 2, in.sources(), Keep{Join: true})
				clocks := tl.Settle(sources, Options{})
				in.judgeClocks(t, clocks, connections >= 400)
				in.judgeEvents(t, tl)
			})
		}
	}
}

func (in *incident) judgeClocks(t *testing.T, clocks []Clock, enough bool) {
	t.Helper()
	if len(clocks) != 5 {
		t.Fatalf("%d hosts", len(clocks))
	}
	for _, c := range clocks {
		m := in.machines[slices.IndexFunc(in.machines, func(m *machine) bool { return m.name == c.Host })]
		if !c.OffsetKnown {
			if enough || !strings.Contains(strings.Join(c.Why, "; "), "too few") {
				t.Errorf("%s has no offset: %v", c.Host, c.Why)
			}
			continue
		}
		if m.zone != 0 && (!c.ZoneKnown || c.Zone != "+08:00") {
			t.Errorf("%s has zone %q: %v", c.Host, c.Zone, c.Why)
		}
		if c.Error > 100*time.Millisecond {
			t.Errorf("%s has an error of %v, which says nothing", c.Host, c.Error)
		}
		if m.rate != 0 && c.Error < time.Millisecond {
			t.Errorf("%s claims an error of %v from stamps of a millisecond", c.Host, c.Error)
		}
	}
}

// judgeEvents compares each event's settled time with the true one.
func (in *incident) judgeEvents(t *testing.T, tl *Timeline) {
	t.Helper()
	judged := 0
	for ev, err := range tl.Replay(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		p := tl.byID[ev.Where.Source]
		if h := tl.hosts.find(ev.Host); !p.flows && h.offset.known {
			truth := in.truth[fmt.Sprintf("%s:%d", p.src.Path, ev.Where.First)]
			judged++
			if h.skew.doubtful(truth, 12*time.Hour/time.Duration(min(in.connections/80+1, 6))) {
				continue
			}
			if off := math.Abs(float64(ev.At - truth)); off > float64(h.offset.err)+float64(ev.Stamp.Step) {
				t.Errorf("%s:%d is %v from the truth, the error says %v", p.src.Path, ev.Where.First, time.Duration(off), h.offset.err)
				return
			}
		}
	}
	if judged == 0 {
		t.Error("no event was judged")
	}
}

// TestHarderClocks has more drift, clocks set by minutes in the middle, two hosts
// behind one gateway, zones a quarter of an hour off any usual one.
func TestHarderClocks(t *testing.T) {
	for name, change := range map[string]func(*incident, *rand.Rand){
		"drift": func(in *incident, r *rand.Rand) {
			for _, m := range in.machines[1:] {
				m.rate = (r.Float64()*2 - 1) * 150e-6
			}
		},
		"two clocks set": func(in *incident, r *rand.Rand) {
			for _, m := range in.machines[1:3] {
				m.setAt, m.setBy = in.start+int64(2+r.IntN(8))*int64(time.Hour), int64(r.Float64()*240e9-120e9)
			}
		},
		"one gateway": func(in *incident, _ *rand.Rand) { in.machines[2].nat = true },
		"odd zones": func(in *incident, r *rand.Rand) {
			in.machines[3].has = hasDated
			for _, m := range in.machines[3:] {
				m.zone = int64(r.IntN(100)-46) * quarter
			}
		},
	} {
		for _, connections := range []int{60, 300} {
			for seed := range uint64(4) {
				t.Run(fmt.Sprintf("%s, %d connections, seed %d", name, connections, seed), func(t *testing.T) {
					in := newIncident(seed+100, connections, func(in *incident) { change(in, rand.New(rand.NewPCG(seed, 5))) })
					tl := New(t.TempDir())
					defer tl.Close()
					tl.Settle(gather(t, tl, 1, in.sources(), Keep{Join: true}), Options{})
					in.judgeEvents(t, tl)
				})
			}
		}
	}
}

// TestAClockThatWasSet has a clock set forward or back in the middle.
func TestAClockThatWasSet(t *testing.T) {
	for _, by := range []time.Duration{time.Hour, -time.Hour, 40 * time.Second, -20 * time.Minute} {
		for seed := range uint64(5) {
			t.Run(fmt.Sprintf("by %v, seed %d", by, seed), func(t *testing.T) {
				in := newIncident(seed, 500, func(in *incident) {
					m := in.machines[1]
					m.setAt, m.setBy = in.start+int64(3+seed%7)*int64(time.Hour), int64(by)
				})
				tl := New(t.TempDir())
				defer tl.Close()
				tl.Settle(gather(t, tl, 1, in.sources(), Keep{Join: true}), Options{})
				h := tl.hosts.find("app-01")
				why := strings.Join(h.why, "; ")
				_, said, _ := strings.Cut(why, "its clock was set by ")
				said, _, _ = strings.Cut(said, " ")
				if d, err := time.ParseDuration(said); err != nil || abs(int64(d-by)) > int64(50*time.Millisecond) || strings.Count(why, "was set by") != 1 {
					t.Errorf("set by %v: %s", by, why)
				}
				in.judgeEvents(t, tl)
			})
		}
	}
}

// doubtful tells whether a true time lies where a clock was set.
func (d *drift) doubtful(truth int64, longest time.Duration) bool {
	if d != nil {
		for _, l := range d.legs[1:] {
			if truth >= l.lo && truth <= l.hi {
				if l.hi-l.lo > int64(longest) {
					panic("nobody can be in doubt for so long")
				}
				return true
			}
		}
	}
	return false
}
