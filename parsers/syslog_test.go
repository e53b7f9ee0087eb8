package parsers

import "testing"

// TestSyslogBanners reads what a fixture cannot hold: journalctl's own lines
// look like the ends of its members.
func TestSyslogBanners(t *testing.T) {
	for _, line := range []string{"-- Logs begin at Fri 2017-11-24 13:00:00 CST, end at Fri 2017-11-24 14:00:00 CST. --", "-- Reboot --", "-- Boot 1f2e3d --", "-- No entries --"} {
		var p syslogLine
		if !p.read(line) || p.tag != "journalctl" {
			t.Errorf("%q is no banner", line)
		}
	}
	for _, line := range []string{"-- a comment --", "--", "-", "- 1", "<", "<1>", "1 ", "*", "%", "% ", "<13>1 ", "ECC 1131566500 2005.11.09 bn431"} {
		var p syslogLine
		if p.read(line) && line != "<1>" && p.tag != "" {
			t.Errorf("%q is taken for a record of %q", line, p.tag)
		}
	}
}

func TestFinerStamp(t *testing.T) {
	for _, c := range []struct{ outer, inner, want string }{
		{"2017-11-24T05:45:11.123Z ", "2017-11-24 13:45:11,120 ", "2017-11-24 13:45:11.12 +0800"},
		{"2017-11-24T05:45:11.123Z ", "2017-11-24 05:45:10,120 ", "2017-11-24 05:45:10.12 +0000"},
		{"2017-11-24T05:45:11.123Z ", "2017-11-24 09:52:10,120 ", "2017-11-24 05:45:11.123 +0000"}, // seven minutes off is no zone
		{"2017-11-24T05:45:11.123Z ", "Nov 24 13:45:11 host", "2017-11-24 13:45:11 +0800"},
		{"2017-11-24T05:45:11.123Z ", "13:45:11.120 [main]", "2017-11-24 05:45:11.123 +0000"},
		{"Nov 24 13:45:11 host", "2017-11-24 13:45:11,120 ", "2017-11-24 13:45:11.12"},
		{"Nov 24 13:45:11 host", "2017-11-24 05:45:11,120 ", "2017-11-24 13:45:11"},
		{"Dec 31 23:59:59 host", "2018-01-01 00:00:00,120 ", "2018-01-01 00:00:00.12"},
	} {
		outer, _ := stampAt(c.outer)
		inner, _ := stampAt(c.inner)
		if got := written(finerStamp(outer, inner)); got != c.want {
			t.Errorf("%q and %q: got %s, want %s", c.outer, c.inner, got, c.want)
		}
	}
}
