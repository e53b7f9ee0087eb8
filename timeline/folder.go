package timeline

import (
	"fmt"
	"path"
	"strings"
)

// folderHosts gives a source that names no host that of the nearest folder
// around it which names exactly one, by a source in it or by its own name. Logs
// whose names differ by a number only, zk1.log and zk2.log, may be of several
// hosts and are left alone.
func (t *Timeline) folderHosts() {
	deepest := 0
	dirs := map[*place][]string{}
	for _, p := range t.places {
		dirs[p] = folders(p.src.Path)
		deepest = max(deepest, len(dirs[p]))
	}
	blocked := map[*place]bool{}
	for depth := deepest; depth >= 0; depth-- {
		named := map[string]map[*host]bool{}
		alike := map[string]map[*series]bool{}
		for _, p := range t.places {
			if len(dirs[p]) < depth || p.duplicate != nil {
				continue
			}
			dir := strings.Join(dirs[p][:depth], "/")
			if p.host != nil {
				add(named, dir, p.host)
			} else if p.src.Section == "" && p.tally.events > 0 {
				add(alike, dir+"\x00"+p.numbered(), t.seriesOf(p))
			}
		}
		for _, p := range t.places {
			if p.host != nil || p.many || blocked[p] || len(dirs[p]) < depth {
				continue
			}
			dir := strings.Join(dirs[p][:depth], "/")
			hosts := named[dir]
			switch {
			case len(hosts) > 1:
				blocked[p] = true
			case depth > 0 && t.dirHost(dirs[p][depth-1], len(hosts)) != nil:
				p.host = t.dirHost(dirs[p][depth-1], len(hosts))
				p.hostWhy = fmt.Sprintf("it lies in the folder %s", dir)
			case len(hosts) == 1 && len(alike[dir+"\x00"+p.numbered()]) < 2:
				for h := range hosts {
					p.host = h
				}
				p.hostWhy = fmt.Sprintf("the other sources in the folder %s name no other host", quoted(dir))
			}
		}
	}
}

// numbered is a source's format and the name of its series without the numbers.
func (p *place) numbered() string {
	stem := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, p.rotation().stem)
	return p.src.Format + "\x00" + stem
}

func quoted(dir string) string {
	if dir == "" {
		return "of the bundle"
	}
	return dir
}

func add[K comparable](m map[string]map[K]bool, key string, v K) {
	if m[key] == nil {
		m[key] = map[K]bool{}
	}
	m[key][v] = true
}

// folders splits the folders, and the archives, off a path.
func folders(p string) []string {
	p = strings.ReplaceAll(p, "!/", "/")
	list := strings.Split(path.Dir(p), "/")
	if len(list) == 1 && (list[0] == "." || list[0] == "") {
		return nil
	}
	return list
}

// dirHost returns the host that a folder is called after: a host already known,
// or, where the folder has none inside, one that its name plausibly is.
func (t *Timeline) dirHost(dir string, inside int) *host {
	name := hostInName(dir)
	if name == "" {
		return nil
	}
	if h := t.hosts.byName[strings.ToLower(name)]; h != nil {
		return h
	}
	if inside > 0 || !plausibleHost(name) {
		return nil
	}
	h := t.hosts.add(name)
	h.say("a folder is called %s", dir)
	return h
}

// hostInName takes the archive's ending and what collection tools put around
// the host off a folder's name.
func hostInName(dir string) string {
	name := strings.TrimSuffix(dir, "!")
	for cut := true; cut; {
		cut = false
		for _, end := range []string{".gz", ".tgz", ".tar", ".bz2", ".xz", ".zst", ".zip", ".txz", ".tbz"} {
			if strings.HasSuffix(name, end) {
				name, cut = strings.TrimSuffix(name, end), true
			}
		}
	}
	switch {
	case strings.HasPrefix(name, "sosreport-"):
		return sosHost(strings.TrimPrefix(name, "sosreport-"))
	case strings.HasPrefix(name, "scc_"), strings.HasPrefix(name, "nts_"):
		if parts := strings.Split(name, "_"); len(parts) >= 4 {
			return strings.Join(parts[1:len(parts)-2], "_")
		}
	}
	return name
}

// sosHost takes the host off <host>[-label][-case]-YYYY-MM-DD-<random>, and off
// the older <host>.<case>-<stamp>.
func sosHost(name string) string {
	parts := strings.Split(name, "-")
	for i := 1; i+2 < len(parts); i++ {
		if len(parts[i]) == 4 && len(parts[i+1]) == 2 && len(parts[i+2]) == 2 && isDigits(parts[i]) && isDigits(parts[i+1]) && isDigits(parts[i+2]) {
			if n := len(parts[i-1]); i > 1 && n >= 4 && isDigits(parts[i-1]) {
				i-- // the number of the case
			}
			return strings.Join(parts[:i], "-")
		}
	}
	host, _, _ := strings.Cut(name, ".")
	return host
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// plausibleHost tells a name like zk3 or app-07.example.com from one like logs
// or var: letters and a digit, and nothing but what host names are made of.
func plausibleHost(s string) bool {
	letters, digits := 0, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			letters++
		case c >= '0' && c <= '9':
			digits++
		case c == '-' || c == '.':
			if i == 0 || i == len(s)-1 {
				return false
			}
		default:
			return false
		}
	}
	if letters == 0 || digits == 0 || len(s) > 63 || !isName(s) {
		return false
	}
	if s[0] >= '0' && s[0] <= '9' {
		return false // a date, a number of a ticket
	}
	lower := strings.ToLower(s)
	for _, common := range []string{"log", "logs", "case", "incident", "ticket", "bundle", "report", "dump", "day", "part", "run", "step", "test", "v", "version", "tmp", "data", "disk", "sos", "rc", "python", "java", "tomcat", "nginx", "php", "issue", "file", "dir", "folder", "ipv", "etc", "init", "x86", "lib"} {
		if rest, ok := strings.CutPrefix(lower, common); ok && strings.Trim(rest, "0123456789.-") == "" {
			return false
		}
	}
	return true
}
