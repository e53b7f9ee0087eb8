package redact

import "bytes"

// hashTriggers begin what is stored in the place of a password. A hash of a weak
// password is as good as the password.
var hashTriggers = []trigger{
	{"$1$", lookCrypt}, {"$2a$", lookCrypt}, {"$2b$", lookCrypt}, {"$2y$", lookCrypt}, {"$2x$", lookCrypt}, {"$5$", lookCrypt}, {"$6$", lookCrypt},
	{"$y$", lookCrypt}, {"$gy$", lookCrypt}, {"$7$", lookCrypt}, {"$8$", lookCrypt}, {"$9$", lookCrypt}, {"$14$", lookCrypt}, {"$sha1$", lookCrypt},
	{"$apr1$", lookCrypt}, {"$argon2", lookCrypt}, {"$pbkdf2", lookCrypt}, {"$scrypt$", lookCrypt}, {"$md5,", lookCrypt}, {"$md5$", lookCrypt},
	{"pbkdf2_sha", lookCrypt}, {"bcrypt_sha256$", lookCrypt}, {"scram-sha-256$", lookCrypt}, {"scram-sha-512$", lookCrypt},
	{"{ssha", lookBraced}, {"{sha", lookBraced}, {"{smd5}", lookBraced}, {"{md5}", lookBraced}, {"{crypt}", lookBraced}, {"{pbkdf2", lookBraced}, {"{bcrypt}", lookBraced}, {"{argon2}", lookBraced},
	{":::", lookHashDump},
}

func isCrypt(c byte) bool {
	return isWord(c) || c == '.' || c == '/' || c == '$' || c == '=' || c == ',' || c == '+' || c == '-' || c == ':'
}

// lookCrypt takes a hash as crypt writes it: $id$salt$hash.
func lookCrypt(s *scan, at int) {
	b := s.b
	if at > 0 && (isWord(b[at-1]) || b[at-1] == '$') {
		return
	}
	to, dollars := at, 0
	for to < len(b) && isCrypt(b[to]) && to-at < 512 {
		if b[to] == ':' && (to+1 >= len(b) || !folds(b[at:], "scram") && !isBase64(b[to+1]) || !folds(b[at:], "scram")) {
			break // the next field of /etc/shadow
		}
		if b[to] == '$' {
			dollars++
		}
		to++
	}
	for to > at && (b[to-1] == '.' || b[to-1] == ',') && to-at > 20 && dollars < 3 {
		to--
	}
	if dollars < 2 || to-at < 18 {
		return
	}
	if sh := shapeOf(b[at:to]); sh.lower+sh.upper < 6 {
		return
	}
	s.add(at, to, Secret)
}

// lookBraced takes a hash as LDAP writes it: {SSHA}base64.
func lookBraced(s *scan, at int) {
	b := s.b
	i := at
	for i < len(b) && b[i] != '}' && i-at < 20 {
		i++
	}
	if i >= len(b) || b[i] != '}' {
		return
	}
	to := i + 1
	for to < len(b) && (isBase64(b[to]) || b[to] == '$' || b[to] == '.') && to-i < 512 {
		to++
	}
	if to-i > 12 {
		s.add(i+1, to, Secret)
	}
}

// lookHashDump takes the hashes of a Windows account: name:500:LM:NT:::
func lookHashDump(s *scan, at int) {
	b := s.b
	if at < 66 || b[at-33] != ':' || b[at-66] != ':' {
		return
	}
	for i := at - 65; i < at; i++ {
		if i != at-33 && !isHex(b[i]) {
			return
		}
	}
	s.add(at-65, at, Secret)
}

// shadow takes the hashes of lines of /etc/shadow that have no telling form:
// name:hash:days:days:days:days:::
func (s *scan) shadowLine(line []byte, at int) {
	first := bytes.IndexByte(line, ':')
	if first <= 0 || bytes.Count(line, []byte(":")) != 8 {
		return
	}
	rest := line[first+1:]
	second := bytes.IndexByte(rest, ':')
	if second != 13 && second != 20 {
		return
	}
	days := bytes.IndexByte(rest[second+1:], ':')
	if days <= 0 || !allDigits(rest[second+1:second+1+days]) {
		return
	}
	s.add(at+first+1, at+first+1+second, Secret)
}
