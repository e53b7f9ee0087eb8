package parsers

import (
	"strings"

	"forensic/event"
)

// What mount prints, /proc/mounts and fstab.
//
//	/dev/sda1 on /boot type xfs (rw,relatime,attr2)
var _ = addSnapshot(Format{
	Name:  "mount",
	Doc:   "mount, /proc/mounts and fstab: file systems and where they are.",
	Files: []string{"mount", "mounts", "mount_*", "mount.txt", "fstab"},
	Kinds: []event.Kind{diskMount},
	Sniff: func(head []byte) Score {
		rows := 0
		sc := snapshotScore(head, func(line string) bool {
			if mountRow(line, &event.Event{}) {
				rows++
				return true
			}
			return strings.HasPrefix(line, "#")
		})
		if rows == 0 {
			return Score{0, "nothing is mounted"}
		}
		return sc
	},
	Parse: snapshotOf(func(s *snapshot) {
		for i := range s.n() {
			line := s.line(i)
			if mountRow(line, s.trial()) {
				mountRow(line, s.begin(diskMount.Name, i, i))
				s.send()
			} else if strings.HasPrefix(line, "#") {
				s.claim(i)
			}
		}
	}),
})

var diskMount = event.Kind{
	Name: "disk.mount", Doc: "A file system and where it is mounted.",
	Attrs: []string{"filesystem", "mount_point", "type", "options"},
}

// mountRow reads "device on place type name (options)", either of which may
// have blanks; macOS puts the type first among the options; /proc/mounts has six
// fields.
func mountRow(line string, e *event.Event) bool {
	line = strings.TrimRight(line, " \t")
	if device, rest, ok := strings.Cut(line, " on /"); ok && strings.HasSuffix(rest, ")") {
		place, options, ok := cutLast("/"+rest, " (")
		if !ok {
			return false
		}
		options = strings.TrimSuffix(options, ")")
		kind := ""
		if p, t, ok := cutLast(place, " type "); ok {
			place, kind = p, t
		} else {
			kind, options, _ = strings.Cut(options, ", ")
		}
		e.Set("filesystem", device)
		e.Set("mount_point", place)
		e.Set("type", kind)
		e.Set("options", options)
		return true
	}
	var w words
	w.split(line)
	if w.n != 6 || !strings.HasPrefix(w.at(1), "/") && w.at(1) != "swap" && w.at(1) != "none" || !isNumber(w.at(4)) || !isNumber(w.at(5)) || len(w.at(4))+len(w.at(5)) > 2 {
		return false
	}
	e.Set("filesystem", w.at(0))
	e.Set("mount_point", strings.ReplaceAll(w.at(1), `\040`, " "))
	e.Set("type", w.at(2))
	e.Set("options", w.at(3))
	return true
}

// cutLast cuts s around the last instance of sep.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
