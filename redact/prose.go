package redact

import (
	"bytes"
	"encoding/hex"
)

// links are words between the name of a secret and the secret in a sentence:
// "password for user bob was set to x". Behind some a name follows.
var links = map[string]bool{
	"is": false, "was": false, "set": false, "to": false, "as": false, "new": false, "now": false, "generated": false, "changed": false, "->": false, "-->": false, "→": false, "=": false,
	"value": false, "for": true, "of": true, "user": true, "account": true,
}

// sentence looks for a secret behind its name in a sentence. Without a sign the
// value must look like nothing but a credential.
func (s *scan) sentence(n *name, c class) {
	b, i := s.b, n.to
	colon := false
	for range 6 {
		j := skipBlanks(b, i)
		if j == i || j >= len(b) {
			return
		}
		end := j
		for end < len(b) && b[end] > ' ' && end-j < 200 {
			end++
		}
		if end == j {
			return
		}
		word := b[j:end]
		colon = word[len(word)-1] == ':'
		word = bytes.TrimSuffix(word, []byte(":"))
		var low [16]byte
		if len(word) > len(low) {
			s.said(n, c, j, false, false)
			return
		}
		l := low[:0]
		for _, ch := range word {
			l = append(l, lower(ch))
		}
		named, link := links[string(l)]
		if !link {
			s.said(n, c, j, false, i != n.to)
			return
		}
		i = end
		if named {
			j = skipBlanks(b, i)
			to := j
			for to < len(b) && b[to] > ' ' && to-j < 80 {
				to++
			}
			if to == j || same(b[j:to], "user") {
				continue
			}
			colon = b[to-1] == ':'
			i = to
		}
		if colon {
			s.said(n, c, skipBlanks(b, i), true, true)
			return
		}
	}
}

// said takes the value that begins at i, if it can be one.
func (s *scan) said(n *name, c class, i int, colon, linked bool) {
	if i >= len(s.b) || s.b[i] <= ' ' {
		return
	}
	g := gap{sign: ':', space: true}
	s.opens(&g, i)
	if g.begin >= len(s.b) {
		return
	}
	to := s.valueEnd(&g)
	v := bytes.TrimRight(s.b[g.begin:to], ".,")
	to = g.begin + len(v)
	if len(v) < 6 || !s.believes(c, v, n, &g, to) {
		return
	}
	sh := shapeOf(v)
	switch {
	case colon, g.quoted && linked && c == surely:
	case sh.digits == 0 || sh.lower+sh.upper == 0 || isLabelled(v):
		return
	case c == surely && bytes.HasPrefix(n.flat, []byte("pass")) && (sh.lower > 0 && sh.upper > 0 || bytes.ContainsAny(v, "!@#$%^&*+~?")):
	case sh.lower > 0 && sh.upper > 0 && len(v) >= 12 && sh.other*4 < len(v):
	default:
		return
	}
	s.add(g.begin, to, Secret)
}

// isLabelled tells what is a name with a number, an address or a time rather
// than a secret: db-credentials-2, Foo.java:12, 10:14:03.
func isLabelled(v []byte) bool {
	return bytes.ContainsAny(v, "/:()[]{}<>=") || className(v) || bytes.Count(v, []byte("-")) > 1 || isMark(v) > 0
}

// lookSend takes what a script of expect sends after it was asked for a password.
func lookSend(s *scan, at int) {
	b := s.b
	before := b[max(0, at-160):at]
	if !containsFold(before, "assw") && !containsFold(before, "assphrase") {
		return
	}
	k := bytes.IndexByte(b[at:min(len(b), at+24)], '"')
	if k < 0 {
		return
	}
	from := at + k + 1
	to := from
	for to < len(b) && b[to] >= ' ' && b[to] != '"' && !(b[to] == '\\' && to+1 < len(b) && (b[to+1] == 'r' || b[to+1] == 'n')) {
		to++
	}
	s.add(from, to, Secret)
}

// lookStdin takes what is piped into a program that reads a password.
func lookStdin(s *scan, at int) {
	line := s.lineBefore(at, 400)
	base := at - len(line)
	pipe := bytes.LastIndexByte(line, '|')
	if pipe < 0 {
		return
	}
	k := -1
	for _, w := range []string{"echo ", "printf "} {
		if i := bytes.LastIndex(line[:pipe], []byte(w)); i >= 0 {
			k = i + len(w)
		}
	}
	if k < 0 {
		return
	}
	i := base + k
	for hasAt(s.b, i, "-n ") || hasAt(s.b, i, "-e ") || hasAt(s.b, i, "%s ") || hasAt(s.b, i, "'%s' ") {
		i += bytes.IndexByte(s.b[i:], ' ') + 1
	}
	from, to := s.argumentAt(skipBlanks(s.b, i), base+pipe)
	if c := bytes.IndexByte(s.b[from:to], ':'); c >= 0 && hasAt(s.b, at, "chpasswd") {
		from += c + 1
	}
	s.add(from, to, Secret)
}

// lookLiteral takes the value of --from-literal=name=value.
func lookLiteral(s *scan, at int) {
	i := at + len("--from-literal=")
	if k := bytes.IndexByte(s.b[i:min(len(s.b), i+100)], '='); k > 0 {
		from := i + k + 1
		g := gap{sign: '='}
		s.opens(&g, from)
		if g.begin < len(s.b) {
			s.add(g.begin, s.valueEnd(&g), Secret)
		}
	}
}

// lookUserOption takes the word behind /user:NAME of "net use".
func lookUserOption(s *scan, at int) {
	if !containsFold(s.lineBefore(at, 200), "net use") {
		return
	}
	i := at + len(" /user:")
	i += run(s.b[i:], 0, func(c byte) bool { return c > ' ' })
	from, to := s.argumentAt(skipBlanks(s.b, i), min(len(s.b), i+200))
	if to > from && s.b[from] != '/' && s.b[from] != '\\' {
		s.add(from, to, Secret)
	}
}

// lookDigest takes the password of ZooKeeper's scheme: digest:user:password.
func lookDigest(s *scan, at int) {
	b := s.b
	i := at + len("digest")
	if i >= len(b) || b[i] != ':' && !(b[i] == ' ' && containsFold(s.lineBefore(at, 20), "addauth")) && !(b[i] == '=' && containsFold(s.lineBefore(at, 20), "super")) {
		return
	}
	from := i + 1
	user := from + run(b[from:], 0, isIdent)
	if user == from || user >= len(b) || b[user] != ':' {
		return
	}
	to := s.bare(user+1, min(len(b), user+256), &gap{})
	if colon := bytes.IndexByte(b[user+1:to], ':'); colon > 0 { // an access list goes on with rights
		to = user + 1 + colon
	}
	if to-user > 4 {
		s.add(user+1, to, Secret)
	}
}

// lookOracleAt looks back from "@//": user/password@//host:1521/service.
func lookOracleAt(s *scan, at int) {
	b := s.b
	from := at
	for from > 0 && at-from < 80 && b[from-1] > ' ' && b[from-1] != '/' && b[from-1] != '"' && b[from-1] != '\'' {
		from--
	}
	if from < 2 || b[from-1] != '/' || !isWord(b[from-2]) || from == at {
		return
	}
	s.add(from, at, Secret)
}

// lookValues takes the values of columns whose names tell: INSERT INTO t (name,
// password) VALUES ('bob', 'x').
func lookValues(s *scan, at int) {
	b := s.b
	close := bytes.LastIndexByte(b[max(0, at-4):at], ')')
	if close < 0 {
		return
	}
	close += max(0, at-4)
	open := bytes.LastIndexByte(b[max(0, close-600):close], '(')
	if open < 0 {
		return
	}
	open += max(0, close-600) + 1
	if !containsFold(b[max(0, open-80):open], "insert") && !containsFold(b[max(0, open-80):open], "replace") {
		return
	}
	var telling [64]bool
	some := false
	for i, column := range bytes.SplitN(b[open:close], []byte(","), len(telling)) {
		column = bytes.Trim(column, " \t\r\n`\"[]'")
		var n name
		n.to = len(column)
		if len(column) > 0 && len(column) < longestName {
			n.flatten(column)
			telling[i] = n.class() == surely || n.class() == likely
			some = some || telling[i]
		}
	}
	if !some {
		return
	}
	column, i := 0, at+len("values")
	for limit := min(len(b), at+longestKey); i < limit; i++ {
		switch c := b[i]; {
		case c == '(':
			column = 0
		case c == ',':
			column++
		case c == ';' || c == '\n' && i+1 < limit && b[i+1] == '\n':
			return
		case quoteAt(b, i) > 0:
			g := gap{sign: ','}
			s.opens(&g, i)
			end, ok := s.closing(&g, limit)
			if !ok {
				return
			}
			if column < len(telling) && telling[column] {
				s.add(g.begin, end, Secret)
			}
			i = end + len(g.open) - 1
		}
	}
}

// lookHexCommand looks into a command line that the audit system wrote as hexadecimal
// digits, with a zero between its words.
func lookHexCommand(s *scan, at int) {
	b := s.b
	from := at + bytes.IndexByte(b[at:], '=') + 1
	to := from + run(b[from:], 0, isHex)
	if n := to - from; n < 16 || n%2 != 0 || n > 64<<10 || s.depth >= maxDepth || to < len(b) && isWord(b[to]) {
		return
	}
	raw := make([]byte, (to-from)/2)
	if _, err := hex.Decode(raw, b[from:to]); err != nil {
		return
	}
	inner := s.r.scan(bytes.ReplaceAll(raw, []byte{0}, []byte(" ")))
	defer s.r.release(inner)
	inner.depth, inner.fixed, inner.where = s.depth+1, s.fixed, s.where
	if !printable(inner.b) {
		return
	}
	inner.find()
	if len(inner.edits) == 0 {
		return
	}
	inner.b = raw
	var out []byte
	if s.fixed {
		out = raw
		inner.overwrite(0)
	} else {
		out = inner.apply(nil, 0, len(raw))
	}
	s.edits = append(s.edits, edit{from: from, to: to, with: bytes.ToUpper(hex.AppendEncode(nil, out))})
}
