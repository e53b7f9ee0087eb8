package redact

import "bytes"

// keyTriggers begin private keys and the secrets of TLS sessions.
var keyTriggers = []trigger{
	{"-----begin ", lookPEM}, {"---- begin ssh2 encrypted private key", lookPEM}, {"private-lines:", lookPutty},
	{"client_random ", lookKeyLog}, {"_traffic_secret", lookKeyLog}, {"exporter_secret ", lookKeyLog}, {"private-mac:", lookMAC},
	{`"kty"`, lookJWK},
}

// longestKey bounds how far the end of a key is looked for. A stream keeps as
// much in view.
const longestKey = 32 << 10

// lookPEM takes what stands between the two lines of a private key, on lines of
// their own or in one with \n between them.
func lookPEM(s *scan, at int) {
	b := s.b
	head := b[at:min(len(b), at+80)]
	if !containsFold(head, "private key") {
		return
	}
	// What it begins with: a log may have cut the end off the line that begins.
	i := at + len("-----begin ")
	k := bytes.Index(b[i:min(len(b), i+64)], []byte("-----"))
	if k < 0 {
		return
	}
	i += k + 5
	limit := min(len(b), i+longestKey)
	to := limit
	if e := bytes.Index(b[i:limit], []byte("-----END ")); e >= 0 {
		to = i + e
	} else if e := bytes.Index(b[i:limit], []byte("---- END ")); e >= 0 {
		to = i + e
	} else {
		to = keyLines(b, i, limit)
	}
	from, to := trimKey(b, i, to)
	s.add(from, to, Key)
}

// trimKey leaves the line ends around a key where they are.
func trimKey(b []byte, from, to int) (int, int) {
	for from < to {
		switch {
		case b[from] <= ' ':
			from++
		case b[from] == '\\' && from+1 < to && (b[from+1] == 'n' || b[from+1] == 'r' || b[from+1] == '\\'):
			from += 2
			if b[from-1] == '\\' {
				from++
			}
		case hasAt(b, from, "%0A") || hasAt(b, from, "%0D") || hasAt(b, from, "%0a"):
			from += 3
		default:
			goto end
		}
	}
end:
	for to > from {
		switch {
		case b[to-1] <= ' ':
			to--
		case to-from >= 2 && b[to-2] == '\\' && (b[to-1] == 'n' || b[to-1] == 'r'):
			to -= 2
			for to > from && b[to-1] == '\\' {
				to--
			}
		case to-from >= 3 && (hasAt(b, to-3, "%0A") || hasAt(b, to-3, "%0D") || hasAt(b, to-3, "%0a")):
			to -= 3
		default:
			return from, to
		}
	}
	return from, to
}

// keyLines ends a key whose last line is not there: at the first line that does
// not look like base64.
func keyLines(b []byte, from, limit int) int {
	i := from
	for i < limit {
		end := limit
		if k := bytes.IndexByte(b[i:limit], '\n'); k >= 0 {
			end = i + k + 1
		}
		line := bytes.TrimSpace(b[i:end])
		header := bytes.Contains(line, []byte(": ")) && i-from < 200
		if n := run(line, 0, func(c byte) bool { return isBase64(c) || c == '\\' }); !header && n < len(line) && n < 48 {
			return i
		}
		i = end
	}
	return i
}

// lookPutty takes the lines of a private key of PuTTY.
func lookPutty(s *scan, at int) {
	i := at + bytes.IndexByte(s.b[at:min(len(s.b), at+40)], '\n')
	if i < at {
		return
	}
	from, to := trimKey(s.b, i, keyLines(s.b, i+1, min(len(s.b), i+longestKey)))
	s.add(from, to, Key)
}

func lookMAC(s *scan, at int) {
	from := skipBlanks(s.b, at+len("private-mac:"))
	if to := from + run(s.b[from:], 0, isHex); to-from >= 32 {
		s.add(from, to, Key)
	}
}

// lookKeyLog takes the last field of a line that SSLKEYLOGFILE makes:
// CLIENT_RANDOM <64 digits> <96 digits>.
func lookKeyLog(s *scan, at int) {
	b := s.b
	i := at
	for i < len(b) && b[i] > ' ' {
		i++
	}
	random := skipBlanks(b, i)
	to := random + run(b[random:], 0, isHex)
	if to-random != 64 {
		return
	}
	from := skipBlanks(b, to)
	to = from + run(b[from:], 0, isHex)
	if to-from >= 64 {
		s.add(from, to, Key)
	}
}

// lookJWK takes the private parts of a key written as JSON: "d" and, of RSA, the
// primes; "k" of a symmetric one.
func lookJWK(s *scan, at int) {
	b := s.b
	from, to := at, at
	for from > 0 && at-from < 4096 && b[from] != '{' {
		from--
	}
	for to < len(b) && to-at < 8192 && b[to] != '}' {
		to++
	}
	for _, field := range []string{`"d"`, `"p"`, `"q"`, `"dp"`, `"dq"`, `"qi"`, `"k"`} {
		k := bytes.Index(b[from:to], []byte(field))
		if k < 0 {
			continue
		}
		n := name{from: from + k + 1, to: from + k + len(field) - 1}
		g, ok := s.gap(&n)
		if !ok || !g.quoted {
			continue
		}
		if end := s.valueEnd(&g); end-g.begin >= 16 {
			s.add(g.begin, end, Key)
		}
	}
}
