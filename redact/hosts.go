package redact

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"strings"
)

// A host name is renamed label by label, each always to the same, so that a
// name stays the name of its host with a domain and without, and two hosts of a
// domain stay so. What everybody has stays: localhost, the domains of clusters,
// the last label.

// hostMark begins the label that stands for another.
const hostMark = "host-"

// knowHosts takes names that are known to be hosts. A word of the language that
// is also the name of a program is none: it would be taken out of every line.
func (r *Redactor) knowHosts(names []string) {
	r.hosts = map[string]string{}
	for _, n := range names {
		written, _, _ := strings.Cut(n, ".") // what follows is its domain
		label := strings.ToLower(written)
		if _, err := netip.ParseAddr(n); err != nil && len(label) > 1 && !keepLabel(label) && !programs[label] && !words[label] && strings.ContainsAny(label, "abcdefghijklmnopqrstuvwxyz") {
			r.hosts[label] = written
		}
	}
}

// programs are names that hosts bear too.
var programs = map[string]bool{
	"zookeeper": true, "kafka": true, "redis": true, "mysql": true, "mysqld": true, "mariadb": true, "postgres": true, "postgresql": true, "nginx": true, "httpd": true, "apache": true, "tomcat": true,
	"java": true, "python": true, "kernel": true, "systemd": true, "sshd": true, "docker": true, "kubelet": true, "etcd": true, "haproxy": true, "mongo": true, "mongodb": true, "elasticsearch": true, "hadoop": true,
	"linux": true, "ubuntu": true, "debian": true, "centos": true, "fedora": true, "redhat": true, "rhel": true, "suse": true, "windows": true, "darwin": true, "solaris": true, "android": true,
	"server": true, "client": true, "host": true, "node": true, "master": true, "worker": true, "leader": true, "follower": true, "broker": true, "local": true, "main": true, "web": true, "app": true, "db": true, "cache": true, "log": true, "logs": true, "var": true, "www": true,
}

// keepLabel tells labels that say nothing about whose network it is.
func keepLabel(label string) bool {
	switch label {
	case "localhost", "localhost4", "localhost6", "localdomain", "localdomain4", "localdomain6", "local", "svc", "cluster", "pod", "www", "in-addr", "ip6", "arpa", "default", "co", "com", "ac", "gov", "edu":
		return true
	}
	return isHostMark([]byte(label))
}

// isHostMark tells a label that stands for another.
func isHostMark(v []byte) bool {
	if bytes.HasPrefix(v, []byte(hostMark)) && len(v) == len(hostMark)+8 {
		return true
	}
	return len(v) > 1 && len(bytes.Trim(v, "xX")) == 0
}

// label returns what stands for a label.
func (r *Redactor) label(l string) string {
	if to, ok := r.labels[l]; ok {
		return to
	}
	to := hostMark + hex.EncodeToString(r.digest([]byte("host " + l))[:4])
	if len(r.labels) < maxFound {
		r.labels[l] = to
	}
	return to
}

// tops are the last labels of names that are hosts and not something else: a
// file, a class, a word at the end of a sentence. Those of two letters need more
// labels before them.
var tops = map[string]bool{}

func init() {
	for t := range strings.FieldsSeq("com net org edu gov mil int info biz name local localdomain lan internal intranet corp home arpa test example invalid private cloud " +
		"cn de uk fr jp ru us eu nl ch at be es it se no fi dk cz br au ca kr tw hk sg nz ie pt gr tr il za mx ar cl") {
		tops[t] = true
	}
}

// software are domains that stand in the messages of programs.
var software = []string{"apache.org", "w3.org", "sun.com", "oracle.com", "kernel.org", "redhat.com", "slf4j.org", "springframework.org", "python.org", "gnu.org", "freedesktop.org", "github.com", "kubernetes.io", "xmlsoap.org", "openssh.com", "libssh.org", "ietf.org", "centos.org", "debian.org", "ubuntu.com", "postgresql.org", "mysql.com", "mariadb.org", "ntp.org", "docker.com", "googleapis.com", "lysator.liu.se"}

// hosts finds names of hosts: those that are known, and names with a domain.
func (s *scan) hosts() {
	b := s.b
	for i := 0; i < len(b); {
		if !isAlnum(b[i]) {
			i++
			continue
		}
		from := i
		dots := 0
		for i < len(b) && (isAlnum(b[i]) || b[i] == '-' || b[i] == '.' && i+1 < len(b) && isAlnum(b[i+1])) {
			if b[i] == '.' {
				dots++
			}
			i++
		}
		for i > from && b[i-1] == '-' {
			i--
		}
		if i-from > 255 || i-from < 2 {
			i = max(i, from+1)
			continue
		}
		if dots > 0 && s.isDomain(from, i) {
			s.domain(from, i)
		} else if len(s.r.hosts) > 0 {
			s.known(from, i)
		}
		i = max(i, from+1)
	}
}

// isDomain tells a name with a domain.
func (s *scan) isDomain(from, to int) bool {
	b := s.b[from:to]
	last := bytes.LastIndexByte(b, '.')
	top := strings.ToLower(string(b[last+1:]))
	count := bytes.Count(b, []byte("."))
	if !tops[top] || len(top) == 2 && count < 2 {
		return false
	}
	if from > 0 && (s.b[from-1] == '_' || s.b[from-1] == '$') || to < len(s.b) && (s.b[to] == '_' || s.b[to] == '(' || s.b[to] == '$') {
		return false
	}
	first, _, _ := bytes.Cut(b, []byte("."))
	switch strings.ToLower(string(first)) {
	case "com", "org", "net", "java", "javax", "jdk", "sun", "io", "cn", "edu", "gov", "scala", "kotlin": // a class
		return false
	}
	digits := true
	for i, c := range b {
		if isUpper(c) && i > 0 && isLower(b[i-1]) { // a class or a method
			return false
		}
		digits = digits && (isDigit(c) || c == '.')
	}
	if digits {
		return false
	}
	low := strings.ToLower(string(b))
	for _, d := range software {
		if low == d || strings.HasSuffix(low, "."+d) {
			return false
		}
	}
	return true
}

// domain renames the labels of a name but the last.
func (s *scan) domain(from, to int) {
	last := from + bytes.LastIndexByte(s.b[from:to], '.')
	for i := from; i < last; {
		end := i + bytes.IndexByte(s.b[i:], '.')
		s.relabel(i, end)
		i = end + 1
	}
}

// known renames labels that are known hosts.
func (s *scan) known(from, to int) {
	for i := from; i < to; {
		end := to
		if k := bytes.IndexByte(s.b[i:to], '.'); k >= 0 {
			end = i + k
		}
		if end-i < 64 {
			var low [64]byte
			l := low[:0]
			for _, c := range s.b[i:end] {
				l = append(l, lower(c))
			}
			// A name that is but a word is the host's only as it writes it.
			if written, ok := s.r.hosts[string(l)]; ok && (strings.ContainsAny(written, "-0123456789") || string(s.b[i:end]) == written) {
				s.relabel(i, end)
			}
		}
		i = end + 1
	}
}

// relabel replaces one label.
func (s *scan) relabel(from, to int) {
	label := strings.ToLower(string(s.b[from:to]))
	if keepLabel(label) || to <= from || len(label) > 63 {
		return
	}
	with := []byte(s.r.label(label))
	if s.fixed {
		sum := s.r.digest([]byte("host " + label))
		with = with[:0]
		for i := range to - from {
			with = append(with, "xX"[sum[i/8%len(sum)]>>(i%8)&1])
		}
	}
	s.edits = append(s.edits, edit{from: from, to: to, kind: Host, with: with, value: []byte(label)})
}
