package parsers

import "testing"

func TestTakenFromName(t *testing.T) {
	for path, want := range map[string]string{
		"netstat_20171124_134511.txt":                                 "2017-11-24 13:45:11",
		"ss-2017-11-24-13-45.log":                                     "2017-11-24 13:45:00",
		"a/b.tgz!/snap/netstat.20171124134511":                        "2017-11-24 13:45:11",
		"sosreport-zk1.1234-20171124134511/sos_commands/sysvipc/ipcs": "2017-11-24 13:45:11",
		"2017-11-24T13:45:11Z_ss.txt":                                 "2017-11-24 13:45:11 +0000",
		"netstat-20171124.txt":                                        "",
		"netstat.txt":                                                 "",
		"case-0012345678901234/netstat.txt":                           "",
		"v2024.13.45.99.99/x":                                         "",
		"20171324_134511.txt":                                         "",
	} {
		st := takenFromName(path)
		got := ""
		if !st.Zero() {
			got = written(st)
		}
		if got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}
