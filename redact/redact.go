// Package redact finds secrets in text and in packets and writes a mark in the
// place of each: passwords, tokens, keys, cookies, credentials in URLs and
// connection strings, private keys, e-mail addresses, and where it is asked to
// host names and addresses.
//
// It owns: what a secret looks like, in plain text, escaped for JSON, XML and
// URLs, in headers, environments, YAML, command lines and base64, and which mark
// stands for it. It refuses: files and archives (who copies a bundle hands it
// bytes), expressions that go back over their input, and memory that grows with
// the input, but for a bounded list of what was found.
//
// Its input is a member's text in pieces of any size, a packet's payload, or a
// name; its output the same with marks. Text may change its length, packets and
// binary data keep theirs.
//
// How a secret is found: one pass over the text looks for a few hundred literals
// at once (scan.go). Most of them are parts of names under which secrets stand
// ("passw", "token"); others begin a secret ("ghp_", "-----BEGIN"). A detector
// looks at the place, forward and a bounded way back, and says from where to
// where a secret stands. Finding is best effort: what has neither a telling name
// nor a telling form is not found.
package redact

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"slices"
	"strings"
)

// A Kind is what sort of secret was found. It decides the word in the mark.
type Kind uint8

// The kinds, in the order in which they are told.
const (
	Secret  Kind = iota // a password or a key, known by where it stands
	Token               // known by its own form
	Key                 // a private key, or the secrets of TLS sessions
	Email               // an e-mail address
	Host                // a host name
	Address             // an IP address
	kinds
)

var kindWords = [kinds]string{"secret", "token", "key", "email", "host", "address"}

func (k Kind) String() string { return kindWords[k] }

// Kinds lists all kinds.
func Kinds() []Kind { return []Kind{Secret, Token, Key, Email, Host, Address} }

// Options say what is redacted besides secrets.
type Options struct {
	Hosts     bool     // host names too
	HostNames []string // names without a dot that are known to be hosts
	Addresses bool     // IP addresses too
}

// A Redactor makes one copy: the same secret gets the same mark. It is used by
// one goroutine at a time.
type Redactor struct {
	opt    Options
	mac    hash.Hash
	sum    [sha256.Size]byte
	counts [kinds]int
	found  map[string]*Found
	lost   int // found, but not listed
	spare  []*scan
	clean  []byte
	tree   addressTree
	hosts  map[string]string // names without a dot, in lower case: as they are written
	labels map[string]string
}

// A Found is one secret, and where it was met first.
type Found struct {
	Kind  Kind
	Value string
	Mark  string
	Times int
	Where string // given by the caller, see At
}

// maxFound bounds how many different secrets are remembered for the map.
const maxFound = 200_000

// New returns a Redactor whose marks depend on key.
func New(key []byte, opt Options) *Redactor {
	r := &Redactor{opt: opt, mac: hmac.New(sha256.New, key), found: map[string]*Found{}, labels: map[string]string{}}
	r.tree.key(key)
	if opt.Hosts {
		r.knowHosts(opt.HostNames)
	}
	return r
}

// Counts tells how often a kind was found.
func (r *Redactor) Counts(k Kind) int { return r.counts[k] }

// Unlisted tells how many finds are marked but not in Found, since there are
// too many different ones.
func (r *Redactor) Unlisted() int { return r.lost }

// Found lists what was found, sorted by kind and mark.
func (r *Redactor) Found() []Found {
	all := make([]Found, 0, len(r.found))
	for _, f := range r.found {
		all = append(all, *f)
	}
	slices.SortFunc(all, func(a, b Found) int {
		if a.Kind != b.Kind {
			return int(a.Kind) - int(b.Kind)
		}
		if c := strings.Compare(a.Mark, b.Mark); c != 0 {
			return c
		}
		return strings.Compare(a.Value, b.Value)
	})
	return all
}

// remember counts a find.
func (r *Redactor) remember(k Kind, value []byte, mark []byte, where string) {
	r.counts[k]++
	if f := r.found[string(value)]; f != nil {
		f.Times++
		return
	}
	if len(r.found) >= maxFound {
		r.lost++
		return
	}
	v := string(value)
	r.found[v] = &Found{Kind: k, Value: v, Mark: string(mark), Times: 1, Where: where}
}

// Text returns text with marks, for what is short and whole.
func (r *Redactor) Text(text []byte) []byte { return r.whole(text, false, "") }

// Name redacts a path, element by element: a secret ends at a slash.
func (r *Redactor) Name(name string) string {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		if p != "" {
			parts[i] = string(r.whole([]byte(p), true, "a name"))
		}
	}
	return strings.Join(parts, "/")
}

// whole redacts until nothing is found any more: with a mark in the place of a
// secret, what is left may read differently, and a copy of the copy must not
// differ from it.
func (r *Redactor) whole(text []byte, name bool, where string) []byte {
	for round := range maxRounds {
		s := r.scan(text)
		s.name, s.where, s.again = name, where, round > 0
		s.find()
		if len(s.edits) > 0 {
			text = s.apply(nil, 0, len(text))
		}
		done := len(s.edits) == 0
		r.release(s)
		if done {
			break
		}
	}
	return text
}

// maxRounds bounds how often the same text is looked at.
const maxRounds = 6

// Fixed writes marks over the secrets in b, of the same length: binary data keep
// their places. It looks at b from the byte from on; what stands before is what
// came before it.
func (r *Redactor) Fixed(b []byte, from int, where string) int {
	s := r.scan(b)
	defer r.release(s)
	s.fixed, s.where = true, where
	s.find()
	return s.overwrite(from)
}
