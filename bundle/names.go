package bundle

import (
	"hash/maphash"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// cleanName takes out of a member's name what says nothing: "./", "//", "/./".
// Everything else stays as written. A name is a label; nothing is opened by it.
func cleanName(name string) string {
	if !strings.Contains(name, "//") && !strings.Contains(name, "./") {
		return name
	}
	absolute := strings.HasPrefix(name, "/")
	parts := strings.Split(name, "/")
	kept := parts[:0]
	for _, p := range parts {
		if p != "" && p != "." {
			kept = append(kept, p)
		}
	}
	name = strings.Join(kept, "/")
	if absolute {
		name = "/" + name
	}
	return name
}

// pointsOutside tells a name that would leave the folder it is unpacked in.
func pointsOutside(name string) bool {
	slashed := strings.ReplaceAll(name, `\`, "/")
	if strings.HasPrefix(slashed, "/") {
		return true
	}
	if len(slashed) >= 2 && slashed[1] == ':' && (slashed[0]|0x20 >= 'a' && slashed[0]|0x20 <= 'z') {
		return true
	}
	for part := range strings.SplitSeq(slashed, "/") {
		if part == ".." {
			return true
		}
	}
	return false
}

// readableName turns a name that is not UTF-8 into one, if it can be read as
// GB18030; otherwise the bytes stay as they are.
func readableName(name string) string {
	if utf8.ValidString(name) {
		return name
	}
	s, err := simplifiedchinese.GB18030.NewDecoder().String(name)
	if err != nil || strings.ContainsRune(s, utf8.RuneError) {
		return name
	}
	return s
}

// names tells members of one archive apart that bear the same name.
type names struct {
	prefix string
	seed   maphash.Seed
	seen   map[uint64]int32
}

func newNames(prefix string) *names {
	return &names{prefix: prefix, seed: maphash.MakeSeed(), seen: map[uint64]int32{}}
}

// path returns the path for a member's name. The second and later members of a
// name get #2, #3; again is that number, or 0.
func (n *names) path(name string) (path string, again int) {
	key := maphash.String(n.seed, name)
	n.seen[key]++
	times := int(n.seen[key])
	if times == 1 {
		return n.prefix + name, 0
	}
	for ; ; times++ {
		numbered := name + "#" + strconv.Itoa(times)
		k := maphash.String(n.seed, numbered)
		if n.seen[k] == 0 {
			n.seen[k] = 1
			n.seen[key] = int32(times)
			return n.prefix + numbered, times
		}
	}
}
