package parsers

import (
	"strings"

	"forensic/event"
)

// What uname -a prints, and /proc/version.
//
//	Linux app-07 3.10.0-1160.el7.x86_64 #1 SMP Mon Oct 19 16:18:59 UTC 2020 x86_64 x86_64 x86_64 GNU/Linux
var _ = addSnapshot(Format{
	Name:  "uname",
	Doc:   "The output of uname -a, or /proc/version: the kernel and the host.",
	Files: []string{"uname*", "version"},
	Kinds: []event.Kind{hostKernel, event.HostName},
	Sniff: func(head []byte) Score {
		n := 0
		sc := snapshotScore(head, func(line string) bool { n++; return unameRead(line, &event.Event{}) })
		if n > 3 {
			return Score{0, "more than a line"}
		}
		return sc
	},
	Parse: snapshotOf(func(s *snapshot) {
		for i := range s.n() {
			line := s.line(i)
			if !unameRead(line, s.trial()) {
				continue
			}
			e := s.begin(hostKernel.Name, i, i)
			unameRead(line, e)
			host := e.Attrs.Get("node_name")
			s.send()
			if host != "" {
				hostnameSend(s, i, host)
			}
		}
	}),
})

var hostKernel = event.Kind{
	Name: "host.kernel", Doc: "A host stated which kernel it runs.",
	Attrs: []string{"kernel_name", "node_name", "kernel_release", "kernel_version", "machine", "processor", "hardware_platform", "operating_system", "build_host", "compiler"},
}

func unameRead(line string, e *event.Event) bool {
	if strings.HasPrefix(line, "Linux version ") {
		return unameProc(line, e)
	}
	var w words
	w.split(strings.TrimRight(line, " "))
	if w.n < 5 || !isHostName(w.at(1)) || !isDigit(w.at(2)[0]) {
		return false
	}
	switch w.at(0) {
	case "Linux":
		return unameLinux(&w, e)
	case "Darwin", "FreeBSD", "OpenBSD", "NetBSD", "SunOS", "AIX", "DragonFly":
		e.Set("kernel_name", w.at(0))
		e.Set("node_name", w.at(1))
		e.Set("kernel_release", w.at(2))
		e.Set("kernel_version", strings.TrimSpace(strings.TrimSuffix(w.rest(3), w.at(w.n-1))))
		e.Set("machine", w.at(w.n-1))
		return true
	}
	return false
}

// unameLinux reads the fields from both ends: the version between them has
// blanks. Debian leaves out two of the three names of the machine.
func unameLinux(w *words, e *event.Event) bool {
	end := w.n
	system := w.at(end - 1)
	if strings.HasSuffix(system, "Linux") && end > 5 {
		end--
	} else {
		system = ""
	}
	first := end
	for first > 4 && end-first < 3 && unameMachine(w.at(first-1)) {
		first--
	}
	if first == end || w.at(3)[0] != '#' {
		return false
	}
	e.Set("kernel_name", "Linux")
	e.Set("node_name", w.at(1))
	e.Set("kernel_release", w.at(2))
	e.Set("kernel_version", w.between(3, first))
	e.Set("machine", w.at(first))
	processor, hardware := "unknown", "unknown"
	if end-first == 3 {
		processor, hardware = w.at(end-2), w.at(end-1)
	}
	e.Set("processor", processor)
	e.Set("hardware_platform", hardware)
	e.Set("operating_system", system)
	return true
}

func unameMachine(s string) bool {
	switch s {
	case "x86_64", "i386", "i486", "i586", "i686", "amd64", "aarch64", "arm64", "armv7l", "armv6l", "armv5tel", "ppc", "ppc64", "ppc64le", "s390", "s390x", "mips", "mips64", "riscv64", "ia64", "sparc64", "alpha", "loongarch64", "unknown", "athlon", "GenuineIntel":
		return true
	}
	return false
}

// unameProc reads /proc/version:
//
//	Linux version 3.10.0-1160.el7.x86_64 (builder@example.com) (gcc version 4.8.5 …) #1 SMP Mon Oct 19 16:18:59 UTC 2020
func unameProc(line string, e *event.Event) bool {
	rest := line[len("Linux version "):]
	release, rest, ok := strings.Cut(rest, " (")
	if !ok {
		return false
	}
	by, rest, ok := strings.Cut(rest, ") ")
	if !ok {
		return false
	}
	e.Set("kernel_name", "Linux")
	e.Set("kernel_release", release)
	if i := strings.LastIndex(rest, " #"); i >= 0 {
		e.Set("kernel_version", rest[i+1:])
		rest = rest[:i]
	}
	e.Set("build_host", by)
	e.Set("compiler", strings.TrimSuffix(strings.TrimPrefix(rest, "("), ")"))
	return true
}
