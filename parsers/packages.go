package parsers

import (
	"strings"

	"forensic/event"
)

// What is installed: rpm -qa, with or without the days of --last, and dpkg -l.
//
//	zookeeper-3.4.5-1.el6.x86_64
//	ii  nginx  1.18.0-6ubuntu14  amd64  small, powerful, scalable web/proxy server
var _ = addSnapshot(Format{
	Name:  "packages",
	Doc:   "rpm -qa and dpkg -l: installed packages.",
	Files: []string{"rpm*", "dpkg*", "package*", "installed-rpms*"},
	Kinds: []event.Kind{packageInstalled},
	Sniff: func(head []byte) Score {
		rows := 0
		sc := snapshotScore(head, func(line string) bool {
			if packageRow(line, &event.Event{}) {
				rows++
				return true
			}
			return packageHead(line)
		})
		if rows == 0 {
			return Score{0, "no package is listed"}
		}
		return sc
	},
	Parse: snapshotOf(func(s *snapshot) {
		for i := range s.n() {
			line := s.line(i)
			if packageHead(line) {
				s.claim(i)
			} else if packageRow(line, s.trial()) {
				packageRow(line, s.begin(packageInstalled.Name, i, i))
				s.send()
			}
		}
	}),
})

var packageInstalled = event.Kind{
	Name: "package.installed", Doc: "A package that is, or was, installed.",
	Attrs: []string{"name", "version", "architecture", "status", "installed", "description"},
}

// packageHead recognises the head of dpkg -l.
func packageHead(line string) bool {
	return strings.HasPrefix(line, "Desired=Unknown/") || strings.HasPrefix(line, "| Status=Not/") || strings.HasPrefix(line, "|/ Err?=") || strings.HasPrefix(line, "||/ Name") || strings.HasPrefix(line, "+++-")
}

func packageRow(line string, e *event.Event) bool {
	var w words
	w.split(line)
	if len(w.at(0)) == 2 && w.n >= 4 && packageState(w.at(0)) {
		e.Set("status", w.at(0))
		name, arch, _ := strings.Cut(w.at(1), ":")
		e.Set("name", name)
		e.Set("version", w.at(2))
		if arch == "" {
			arch = w.at(3)
		}
		e.Set("architecture", arch)
		e.Set("description", w.rest(4))
		return true
	}
	return packageRPM(&w, e)
}

// packageState recognises the two letters of dpkg: wanted, and is.
func packageState(s string) bool {
	return strings.IndexByte("uirph", s[0]) >= 0 && strings.IndexByte("ncHUFWti", s[1]) >= 0
}

var packageArches = wordSet("x86_64 noarch i386 i486 i586 i686 aarch64 ppc64 ppc64le s390x armv7hl src athlon ia64 loongarch64")

// packageRPM reads name-version-release.arch: name may have dashes, version and
// release have none.
func packageRPM(w *words, e *event.Event) bool {
	full := w.at(0)
	base, arch, ok := cutLast(full, ".")
	if !ok || !packageArches[arch] {
		return false
	}
	rest, release, ok := cutLast(base, "-")
	if !ok {
		return false
	}
	name, version, ok := cutLast(rest, "-")
	if !ok || name == "" || version == "" || release == "" {
		return false
	}
	e.Set("name", name)
	e.Set("version", version+"-"+release)
	e.Set("architecture", arch)
	e.Set("installed", w.rest(1))
	return true
}
