package parsers

import (
	"path"
	"strings"

	"forensic/event"
)

// A file of /proc/sys that was copied alone, without the folders it stood in: a
// value and nothing else. Only the name tells what it is; a whole path is what
// format sysctl knows.
//
//	tcp_max_tw_buckets: 5000
var _ = addSnapshot(Format{
	Name: "setting",
	Doc:  "One file of /proc/sys, told by its name.",
	Files: []string{"tcp_*", "ip_local_port_range", "ip_forward", "udp_mem", "somaxconn", "netdev_max_backlog", "rmem_*", "wmem_*", "optmem_max",
		"swappiness", "overcommit_*", "max_map_count", "min_free_kbytes", "dirty_*", "file-max", "file-nr", "nr_open", "pid_max", "threads-max", "sem", "shmmax", "shmall", "shmmni", "msgmax", "msgmnb", "msgmni", "nf_conntrack_*"},
	Named: 0.8,
	Kinds: []event.Kind{event.SysctlSetting, ipcLimits},
	Sniff: func(head []byte) Score {
		n := 0
		for line := range headLines(head) {
			if n++; n > 1 || len(line) > 200 || !settingValue(line) {
				return Score{0, "no value alone"}
			}
		}
		if n == 0 {
			return Score{0, "no value"}
		}
		return Score{0.03, "nothing but its name would tell"}
	},
	Parse: snapshotOf(settingRead),
})

// settingValue tells numbers between blanks from other text.
func settingValue(line string) bool {
	f := strings.Fields(line)
	for _, w := range f {
		if leadingDigits(strings.TrimPrefix(w, "-")) != strings.TrimPrefix(w, "-") || w == "-" {
			return false
		}
	}
	return len(f) > 0 && len(f) < 10
}

func settingRead(s *snapshot) {
	name := settingName(s.in.Path)
	for i := range s.n() {
		if line := strings.TrimSpace(s.line(i)); line != "" && name != "" {
			sysctlSend(s, i, name, line, "")
		}
	}
}

// settingName is the name of a setting by that of its file.
func settingName(file string) string {
	base := strings.TrimSuffix(path.Base(file), ".txt")
	switch {
	case strings.HasPrefix(base, "tcp_"), strings.HasPrefix(base, "ip_"), strings.HasPrefix(base, "udp_"):
		return "net.ipv4." + base
	case strings.HasPrefix(base, "nf_conntrack_"):
		return "net.netfilter." + base
	case base == "somaxconn", base == "netdev_max_backlog", base == "optmem_max", strings.HasPrefix(base, "rmem_"), strings.HasPrefix(base, "wmem_"):
		return "net.core." + base
	case base == "swappiness", base == "max_map_count", base == "min_free_kbytes", strings.HasPrefix(base, "overcommit_"), strings.HasPrefix(base, "dirty_"):
		return "vm." + base
	case base == "file-max", base == "file-nr", base == "nr_open":
		return "fs." + base
	case base == "sem", strings.HasPrefix(base, "shm"), strings.HasPrefix(base, "msg"), base == "pid_max", base == "threads-max":
		return "kernel." + base
	}
	return ""
}
