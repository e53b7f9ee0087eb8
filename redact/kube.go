package redact

import "bytes"

// kubeTriggers begin or end a Secret of Kubernetes, as YAML or JSON.
var kubeTriggers = []trigger{{"kind: secret", lookKube}, {`"kind": "secret"`, lookKube}, {`"kind":"secret"`, lookKube}}

// longestSecret is how far from the word "Secret" its data may stand.
const longestSecret = 16 << 10

// lookKube takes the values of data and stringData of a Secret. Its fields may
// come in any order, so they are looked for before and behind.
func lookKube(s *scan, at int) {
	b := s.b
	i := at + len("kind: secret")
	if b[at] == '"' {
		i = at + bytes.LastIndexByte(b[at:min(len(b), at+17)], '"')
		if hasAt(b, at, `"kind":"`) {
			i = at + len(`"kind":"secret`)
		}
	}
	if i < len(b) && isIdent(b[i]) { // SecretList, SecretProviderClass
		return
	}
	if line := bytes.TrimLeft(s.lineBefore(at, 200), " \t-"); len(line) > 0 && b[at] == '"' {
		s.kubeFlat(at)
		return
	}
	own := indent(s.lineBefore(at, 200))
	from, to := s.document(at, own)
	for i := from; i < to; {
		end := lineEnd(b, i, to)
		line := b[i:end]
		if d := indent(line); d == own && (isField(line[d:], "data") || isField(line[d:], "stringdata")) {
			i = s.kubeData(end+1, to, own)
			continue
		}
		i = end + 1
	}
}

func lineEnd(b []byte, i, to int) int {
	if k := bytes.IndexByte(b[i:to], '\n'); k >= 0 {
		return i + k
	}
	return to
}

// isField tells a line that holds a name and the beginning of what is in it.
func isField(line []byte, name string) bool {
	line = bytes.TrimRight(line, " \t\r")
	line = bytes.TrimPrefix(line, []byte(`"`))
	return folds(line, name) && (same(line[len(name):], ":") || string(line[len(name):]) == `": {`)
}

// document finds where the object that holds a line begins and ends: at lines
// that stand further left.
func (s *scan) document(at, own int) (from, to int) {
	b := s.b
	from = at - len(s.lineBefore(at, longestSecret))
	for from > 0 && at-from < longestSecret {
		begin := bytes.LastIndexByte(b[:from-1], '\n') + 1
		line := b[begin : from-1]
		if d := indent(line); len(line) > d && (d < own || line[0] == '-' && hasAt(line, 0, "---")) {
			break
		}
		from = begin
	}
	to = at
	for to < len(b) && to-at < longestSecret {
		end := lineEnd(b, to, len(b))
		line := b[to:end]
		if d := indent(line); to > at && len(bytes.TrimSpace(line)) > 0 && (d < own || hasAt(line, 0, "---") || d == own && hasAt(bytes.TrimLeft(line, " "), 0, "- ")) {
			break
		}
		if end == len(b) {
			return from, end
		}
		to = end + 1
	}
	return from, to
}

// kubeData takes the values of lines that stand further right than their parent.
func (s *scan) kubeData(i, to, own int) int {
	b := s.b
	for i < to {
		end := lineEnd(b, i, to)
		line := b[i:end]
		d := indent(line)
		if len(bytes.TrimSpace(line)) > 0 {
			if d <= own {
				return i
			}
			if k := bytes.IndexByte(line, ':'); k > 0 {
				from := i + k + 1 + run(line[k+1:], 0, func(c byte) bool { return isBlank(c) || c == '"' || c == '\'' })
				stop := i + len(bytes.TrimRight(line, " \t\r,\"'"))
				if stop > from && b[from] != '|' && b[from] != '>' && b[from] != '{' {
					s.add(from, stop, Secret)
				}
			} else if n := len(bytes.TrimSpace(line)); n >= 4 && !bytes.HasPrefix(bytes.TrimSpace(line), []byte("-----")) && line[d] != '}' {
				s.add(i+d, i+d+n, Secret) // of a block
			}
		}
		i = end + 1
	}
	return i
}

// kubeFlat takes the values of "data":{…} of an object written in one line.
func (s *scan) kubeFlat(at int) {
	b := s.b
	from, to := max(0, at-longestSecret), min(len(b), at+longestSecret)
	if k := bytes.LastIndexByte(b[from:at], '\n'); k >= 0 {
		from += k + 1
	}
	to = lineEnd(b, at, to)
	// An object of a list ends where the next one of its kind begins.
	if k := bytes.LastIndex(b[from:at], []byte(`"kind":"`)); k >= 0 {
		from += k + 8
	}
	if k := bytes.Index(b[at+8:to], []byte(`"kind":"`)); k >= 0 {
		to = at + 8 + k
	}
	for _, field := range []string{`"data":{`, `"stringData":{`, `"data": {`} {
		for i := from; ; {
			k := bytes.Index(b[i:to], []byte(field))
			if k < 0 {
				break
			}
			i += k + len(field)
			end := to
			if e := bytes.IndexByte(b[i:to], '}'); e >= 0 {
				end = i + e
			}
			s.jsonPairs(i, end)
		}
	}
}

// jsonPairs takes the values of "name":"value" pairs.
func (s *scan) jsonPairs(i, to int) {
	for i < to {
		k := bytes.Index(s.b[i:to], []byte(`":`))
		if k < 0 {
			return
		}
		g := gap{sign: ':'}
		s.opens(&g, skipBlanks(s.b, i+k+2))
		if !g.quoted || g.begin >= to {
			return
		}
		end := s.valueEnd(&g)
		s.add(g.begin, end, Secret)
		i = end + 1
	}
}
