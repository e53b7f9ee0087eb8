package parsers

import (
	"path"
	"strings"

	"forensic/event"
)

// What sysctl prints and sysctl.conf holds. Its warnings go to standard error
// and stand among the values of a transcript.
//
//	net.ipv4.tcp_max_tw_buckets = 5000
//	kernel.sem = 250	32000	32	128
var _ = addSnapshot(Format{
	Name:  "sysctl",
	Doc:   "sysctl on Linux, sysctl.conf and files of /proc/sys.",
	Files: []string{"sysctl*", "*sysctl*.txt"},
	Kinds: []event.Kind{event.SysctlSetting, ipcLimits},
	Sniff: func(head []byte) Score {
		sc := snapshotScore(head, func(line string) bool {
			name, _, ok := sysctlLine(line)
			return ok && sysctlRoot(name) || sysctlNote(line) || isComment(line)
		})
		if sc.Points > 0 && !sysctlSays(head) {
			return Score{0, "no setting of Linux"}
		}
		return sc
	},
	Parse: snapshotOf(sysctlRead),
})

// sysctlSays tells whether a text has a setting at all, not only comments.
func sysctlSays(head []byte) bool {
	for line := range headLines(head) {
		if name, _, ok := sysctlLine(line); ok && sysctlRoot(name) {
			return true
		}
	}
	return false
}

func sysctlRead(s *snapshot) {
	cmd := commandOf(s.in)
	set := sysctlSet(cmd)
	bare := sysctlOf(cmd)
	for i := range s.n() {
		line := s.line(i)
		name, value, ok := sysctlLine(line)
		switch {
		case ok:
			sysctlSend(s, i, name, value, set)
		case sysctlNote(line):
			s.claim(i)
			s.odd(i, "sysctl could not read a setting")
		case isComment(line):
			s.claim(i)
		case bare != "" && strings.TrimSpace(line) != "":
			sysctlSend(s, i, bare, line, "")
			bare = ""
		}
	}
}

func sysctlSend(s *snapshot, i int, name, value, set string) {
	e := s.begin(event.SysctlSetting.Name, i, i)
	e.Set("name", name)
	if i := strings.IndexFunc(value, func(r rune) bool { return r >= 0x2e80 }); i > 0 {
		value = value[:i] // a remark of whoever pasted it
	}
	e.Set("value", strings.Join(strings.Fields(value), " "))
	e.Set("set", set)
	s.send()
	if name == "kernel.sem" {
		if e = s.begin(ipcLimits.Name, i, i); ipcsFromSysctl(e, value) {
			s.send()
		}
	}
}

// sysctlLine reads "name = value"; a slash may stand for a dot, as in the file
// system.
func sysctlLine(line string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(line, "=")
	name = strings.TrimRight(strings.TrimPrefix(strings.TrimSpace(name), "-"), " \t")
	if !ok || !sysctlName(name) {
		return "", "", false
	}
	if !strings.Contains(name, ".") || strings.Index(name, "/") > 0 && strings.Index(name, "/") < strings.Index(name, ".") {
		name = strings.Map(func(r rune) rune { // net/ipv4/conf/eth0.1/rp_filter
			switch r {
			case '/':
				return '.'
			case '.':
				return '/'
			}
			return r
		}, name)
	}
	return name, strings.TrimSpace(value), true
}

func sysctlName(s string) bool {
	if !strings.ContainsAny(s, "./") || s[0] == '.' || s[0] == '/' {
		return false
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; !isWord(c) && strings.IndexByte(".-/:@*%", c) < 0 {
			return false
		}
	}
	return true
}

// sysctlRoot tells whether a name begins as Linux's do. Programs have settings
// that begin with net and user too, so these are looked at further.
func sysctlRoot(name string) bool {
	first, rest, _ := strings.Cut(name, ".")
	switch first {
	case "abi", "crypto", "dev", "fs", "kernel", "sunrpc", "vm", "fscache", "lnet", "xen":
		return true
	case "net":
		second, _, _ := strings.Cut(rest, ".")
		return sysctlNets[second]
	case "user":
		return strings.HasPrefix(rest, "max_")
	case "debug":
		return strings.HasPrefix(rest, "exception-trace") || strings.HasPrefix(rest, "kprobes")
	}
	return false
}

var sysctlNets = wordSet("ipv4 ipv6 core netfilter nf_conntrack_max bridge unix sctp mptcp llc x25 rds dccp ipx appletalk smc iw_cm bpf ieee802154 ax25 netrom rose phonet irda vsock tipc mpls")

// sysctlNote recognises what sysctl says on standard error.
func sysctlNote(line string) bool {
	return strings.HasPrefix(line, "sysctl: ") || strings.HasPrefix(line, "error: ") && strings.Contains(line, "key") || strings.HasPrefix(line, "error: permission denied on key")
}

func isComment(line string) bool {
	line = strings.TrimSpace(line)
	return strings.HasPrefix(line, "#") || strings.HasPrefix(line, ";")
}

// sysctlSet tells how the values came about: "runtime" where sysctl was told to
// write them, "file" where the text is a configuration.
func sysctlSet(cmd string) string {
	f := strings.Fields(cmd)
	if n := len(f); n > 0 && f[0] != "sysctl" && (path.Base(f[n-1]) == "sysctl.conf" || strings.Contains(f[n-1], "sysctl.d/")) {
		return "file"
	}
	for _, w := range f {
		switch w {
		case "-w", "--write", "-p", "--load", "--system":
			return "runtime"
		}
		if name, _, ok := strings.Cut(w, "="); ok && strings.HasPrefix(cmd, "sysctl") && sysctlName(name) {
			return "runtime"
		}
	}
	return ""
}

// sysctlOf is the one setting whose bare value a text shows: that of a file
// below /proc/sys, or of sysctl -n.
func sysctlOf(cmd string) string {
	if i := strings.Index(cmd, "proc/sys/"); i >= 0 {
		file, _, _ := strings.Cut(cmd[i+len("proc/sys/"):], " ")
		name, _, ok := sysctlLine(strings.TrimSuffix(file, "/") + "=")
		if ok {
			return name
		}
		return ""
	}
	if f := strings.Fields(cmd); len(f) >= 3 && f[0] == "sysctl" {
		n := false
		for _, w := range f[1:] {
			if strings.HasPrefix(w, "-") {
				n = n || strings.Contains(w, "n") || w == "--values"
			} else if n && sysctlName(w) {
				return w
			}
		}
	}
	return ""
}

// sysctl of the BSDs and macOS writes a colon. What follows a line without a
// name belongs to the value above.
//
//	kern.ostype: FreeBSD
var _ = addSnapshot(Format{
	Name:  "sysctl_bsd",
	Doc:   "sysctl on FreeBSD, OpenBSD, NetBSD and macOS.",
	Kinds: []event.Kind{event.SysctlSetting},
	Sniff: func(head []byte) Score {
		known := 0
		sc := snapshotScore(head, func(line string) bool {
			name, _, ok := sysctlBSDLine(line)
			if ok && sysctlBSDOnly(name) {
				known++
			}
			return ok || line[0] == ' ' || line[0] == '\t' || known > 2
		})
		if known == 0 {
			return Score{0, "no setting of a BSD"}
		}
		return sc
	},
	Parse: snapshotOf(sysctlBSDRead),
})

func sysctlBSDRead(s *snapshot) {
	for i := 0; i < s.n(); i++ {
		name, value, ok := sysctlBSDLine(s.line(i))
		if !ok {
			continue
		}
		last, lines := i, []string{value}
		for last+1 < s.n() && last-i < maxLines {
			next := s.line(last + 1)
			if name, _, ok := sysctlBSDLine(next); ok && sysctlBSDRoot(name) {
				break
			}
			lines = append(lines, next)
			last++
		}
		for last > i && strings.TrimSpace(s.line(last)) == "" {
			last--
		}
		value = strings.Trim(strings.Join(lines, "\n"), "\n\t ")
		e := s.begin(event.SysctlSetting.Name, i, last)
		e.Set("name", name)
		e.Set("value", value)
		s.send()
		i = last
	}
}

func sysctlBSDLine(line string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(line, ":")
	if !ok || !sysctlName(name) || strings.Contains(name, "/") || value != "" && value[0] != ' ' {
		if name, value, ok = strings.Cut(line, "="); !ok || !sysctlName(name) || !sysctlBSDRoot(name) {
			return "", "", false
		}
	}
	return name, strings.TrimSpace(value), true
}

func sysctlBSDRoot(name string) bool {
	first, _, _ := strings.Cut(name, ".")
	switch first {
	case "user", "compat", "dev", "kstat", "ddb", "proc", "debug", "net", "vm", "audit", "iokittest", "ktrace", "hptmv", "kdbg", "vendor":
		return true
	}
	return sysctlBSDOnly(name)
}

// sysctlBSDOnly tells whether a name begins as no name of Linux does.
func sysctlBSDOnly(name string) bool {
	first, _, _ := strings.Cut(name, ".")
	switch first {
	case "kern", "hw", "machdep", "vfs", "security", "p1003_1b":
		return true
	}
	return false
}
