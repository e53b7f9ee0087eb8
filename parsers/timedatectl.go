package parsers

import (
	"strings"

	"forensic/event"
)

// What timedatectl prints, old and new: the clocks, the zone, and whether
// somebody keeps them right.
//
//	Local time: Fri 2017-11-24 13:45:11 CST
//	 Time zone: Asia/Shanghai (CST, +0800)
var _ = addSnapshot(Format{
	Name:  "timedatectl",
	Doc:   "The output of timedatectl.",
	Files: []string{"timedatectl*"},
	Kinds: []event.Kind{event.HostClock, hostSetting},
	Sniff: func(head []byte) Score {
		known := false
		sc := snapshotScore(head, func(line string) bool {
			name, _, ok := timedatectlLine(line)
			known = known || name == "time_zone" || name == "timezone" || name == "poll_interval"
			return ok || line[0] == ' ' || strings.HasPrefix(line, "Warning: ")
		})
		if !known {
			return Score{0, "no zone and no server of time"}
		}
		return sc
	},
	Parse: snapshotOf(timedatectlRead),
})

// hostSetting is one named value that a host states about itself.
var hostSetting = event.Kind{
	Name: "host.setting", Doc: "Something a host states about itself: one name, one value, and the tool or file that said so.",
	Attrs: []string{"name", "value", "unit", "source"},
}

func timedatectlRead(s *snapshot) {
	local, at, zone, zoneName := timedatectlClock(s)
	if at >= 0 {
		s.in.Taken = local
	}
	synced := ""
	for i := range s.n() {
		line := s.line(i)
		name, value, ok := timedatectlLine(line)
		if !ok {
			if at >= 0 || strings.HasPrefix(line, " ") || strings.HasPrefix(line, "Warning: ") {
				s.claim(i) // the days summer time begins and ends, advice
			}
			continue
		}
		if name == "ntp_synchronized" || name == "system_clock_synchronized" {
			synced = value
		}
		e := s.begin(hostSetting.Name, i, i)
		e.Set("name", name)
		e.Set("value", value)
		e.Set("source", "timedatectl")
		s.send()
	}
	if at < 0 {
		return
	}
	e := s.begin(event.HostClock.Name, at, at)
	if local.Has&event.HasZone != 0 {
		e.Set("zone", zone)
	}
	e.Set("zone_name", zoneName)
	e.Set("source", "timedatectl")
	e.Set("synchronized", synced)
	s.send()
}

// timedatectlClock finds the local time, on which line it stands, and its zone,
// as an offset and by name.
func timedatectlClock(s *snapshot) (local event.Stamp, at int, zone, zoneName string) {
	at = -1
	for i := range s.n() {
		switch name, value, _ := timedatectlLine(s.line(i)); name {
		case "local_time":
			if _, rest, ok := strings.Cut(value, " "); ok {
				if st, ok := dateLine(rest); ok {
					local, at = st, i
				}
			}
		case "time_zone", "timezone":
			var inside string
			zoneName, inside, _ = strings.Cut(value, " (")
			if _, offset, ok := strings.Cut(strings.TrimSuffix(inside, ")"), ", "); ok {
				zone = offset
			}
		}
	}
	if at >= 0 && len(zone) == 5 {
		if st, n := offsetAt(zone, 0, local); n == 5 {
			local, zone = st, zoneText(int(st.Zone))
			local.Text = ""
		}
	}
	return local, at, zone, zoneName
}

// timedatectlLine reads "  Universal time: …", whose name becomes
// universal_time, and "Timezone=…" of timedatectl show.
func timedatectlLine(line string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(line, ": ")
	if !ok {
		if name, value, ok = strings.Cut(line, "="); !ok {
			return "", "", false
		}
	}
	name = strings.ToLower(strings.TrimSpace(name))
	if len(name) < 3 || len(name) > 40 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz -.") != "" || name == "warning" {
		return "", "", false
	}
	return strings.ReplaceAll(name, " ", "_"), strings.TrimSpace(value), true
}
