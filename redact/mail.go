package redact

import "bytes"

var mailTriggers = []trigger{{"@", lookMail}, {"%40", lookMail}}

// units are the kinds of systemd units, whose instances look like addresses.
var units = []string{"service", "socket", "timer", "mount", "automount", "target", "slice", "scope", "path", "swap", "device"}

// endings of files may stand behind an address in a name.
var endings = []string{
	"log", "conf", "cfg", "ini", "properties", "json", "yaml", "yml", "xml", "txt", "out", "err", "csv", "sql", "dump", "pcap", "pcapng", "cap", "bak", "old", "tmp",
	"gz", "tgz", "bz2", "xz", "zst", "zip", "tar", "png", "jpg", "svg", "js", "css", "html", "md", "java", "class", "jar", "so", "exe", "dll", "rpm", "deb", "lock", "pid",
	"sock", "ko", "pem", "crt", "cer", "key", "jks", "eml", "data",
}

func isEnding(v []byte) bool {
	for _, e := range endings {
		if same(v, e) {
			return true
		}
	}
	return false
}

// public are domains whose addresses name algorithms and mailing lists.
var public = []string{"openssh.com", "libssh.org", "lysator.liu.se", "ssh.com", "vger.kernel.org", "lists.linux.dev", "lists.sourceforge.net", "lists.infradead.org", "redhat.com", "kernel.org"}

func isLocal(c byte) bool {
	return isWord(c) || c == '.' || c == '+' || c == '-' || c == '\'' || c == '!' || c == '#' || c == '~'
}

func isDomain(c byte) bool { return isAlnum(c) || c == '-' || c == '.' || c >= 0x80 }

// lookMail looks around an @ for an e-mail address.
func lookMail(s *scan, at int) {
	b := s.b
	sign := 1
	if b[at] == '%' {
		sign = 3
	}
	from, to := at, at+sign
	for from > 0 && at-from < 64 && isLocal(b[from-1]) {
		from--
	}
	for from < at && !isWord(b[from]) {
		from++
	}
	for to < len(b) && to-at < 255 && isDomain(b[to]) {
		to++
	}
	for to > at+sign && !isAlnum(b[to-1]) && b[to-1] < 0x80 {
		to--
	}
	// In a URL the 2F of %2F is no part of the name.
	if from > 0 && b[from-1] == '%' && at-from > 2 && isHex(b[from]) && isHex(b[from+1]) {
		from += 2
	}
	if from > 0 && b[from-1] == '\\' && at-from > 1 && (b[from] == 'n' || b[from] == 't' || b[from] == 'r') {
		from++
	}
	if dot := bytes.LastIndexByte(b[at:to], '.'); dot > 0 && isEnding(b[at+dot+1:to]) {
		to = at + dot // mail-bob@example.com.log
	}
	if at == from || to == at+sign || !s.isMail(b[from:at], b[at+sign:to], from, to) {
		return
	}
	s.add(from, to, Email)
}

func (s *scan) isMail(local, domain []byte, from, to int) bool {
	dot := bytes.LastIndexByte(domain, '.')
	if dot <= 0 || len(domain)-dot < 3 || domain[0] == '-' || bytes.Contains(domain, []byte("..")) || domain[0] == '.' {
		return false
	}
	top := domain[dot+1:]
	for _, c := range top {
		if !isAlpha(c) && c < 0x80 {
			return false
		}
	}
	if len(top) > 18 || isMark(local) > 0 {
		return false
	}
	for _, no := range units {
		if same(top, no) {
			return false
		}
	}
	for _, no := range public {
		if same(domain, no) {
			return false
		}
	}
	if same(local, "git") || same(local, "root") || same(local, "hg") || same(local, "svn") {
		return false // accounts that everybody has
	}
	b := s.b
	if d, l := shapeOf(domain), shapeOf(local); d.lower == 0 && d.upper > 0 && (l.lower > 0 || from > 0 && b[from-1] == '/') {
		return false // a principal of Kerberos
	}
	switch {
	case inAuthority(b, from): // the user of a URL
		return false
	case to+1 < len(b) && b[to] == ':' && (b[to+1] == '~' || b[to+1] == '/' && to+2 < len(b) && b[to+2] != '/'): // a prompt, or a place for scp
		return false
	case to+1 < len(b) && b[to] == ' ' && (b[to+1] == '~' || b[to+1] == '/') && from > 0 && b[from-1] == '[': // [user@host ~]$
		return false
	case to < len(b) && b[to] == '(': // @tcp(…)
		return false
	}
	// Copyright lines and compilers of kernels name people of no concern.
	line := s.lineBefore(from, 400)
	return !containsFold(line, "copyright") && !containsFold(line, "linux version")
}

// inAuthority tells that a place lies in the authority of a URL.
func inAuthority(b []byte, at int) bool {
	for i := at; i > 2 && at-i < 256; i-- {
		switch c := b[i-1]; {
		case c == '/':
			return b[i-2] == '/' && b[i-3] == ':' || b[i-2] == '\\' && b[i-3] == '/'
		case c <= ' ' || c == '?' || c == '#' || c == '"' || c == '<':
			return false
		case i > 9 && c|0x20 == 'f' && folds(b[i-9:], "%3a%2f%2f"):
			return true
		}
	}
	return false
}
