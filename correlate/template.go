package correlate

import (
	"slices"
	"strings"
)

// A template is a message with what varies taken out. What varies is told by
// its looks, a word with a digit in it, or by its company: a place in otherwise
// equal messages where many different words stood.
//
// The text of a template holds a NUL for each such place; people see <*>.

const (
	maxMessage = 512 // bytes of a message that are looked at
	maxTokens  = 64  // of it
	hole       = "\x00"
	manyWords  = 8 // different words at one place make it a place that varies
)

// Classes of bytes.
const (
	between = iota // between words
	letter
	digit
	high // of a character beyond ASCII
)

var classOf = func() (c [256]uint8) {
	for i := range c {
		switch {
		case i >= 0x80:
			c[i] = high
		case i >= '0' && i <= '9':
			c[i] = digit
		case i <= ' ', i == 0x7f, strings.IndexByte("=,;()[]{}\"'<>|", byte(i)) >= 0:
			c[i] = between
		default:
			c[i] = letter
		}
	}
	return c
}()

const (
	hashBasis = 14695981039346656037
	hashPrime = 1099511628211
)

// signature hashes a message with the words that hold digits taken out, several
// of them in a row as one. Messages of one template mostly have one signature.
func signature(h uint64, s string) uint64 {
	s = s[:min(len(s), maxMessage)]
	varied := uint64(0) // the hash behind the last word taken out, 0 where another came since
	for i := 0; i < len(s); {
		switch classOf[s[i]] {
		case between:
			h = (h ^ uint64(s[i])) * hashPrime
			i++
		case high:
			for ; i < len(s) && classOf[s[i]] == high; i++ {
				h = (h ^ uint64(s[i])) * hashPrime
			}
			varied = 0
		default:
			word, digits := h, false
			for ; i < len(s); i++ {
				c := classOf[s[i]]
				if c == between || c == high {
					break
				}
				digits = digits || c == digit
				word = (word ^ uint64(s[i])) * hashPrime
			}
			switch {
			case !digits:
				h, varied = word, 0
			case varied != 0:
				h = varied
			default:
				h = (h ^ 0x1ff) * hashPrime // no byte is that
				varied = h
			}
		}
	}
	return h
}

// masked writes what signature hashes.
func masked(s string) string {
	s = s[:min(len(s), maxMessage)]
	varied := -1
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		from := i
		switch classOf[s[i]] {
		case between:
			if s[i] == 0 {
				out = append(out, ' ')
			} else {
				out = append(out, s[i])
			}
			i++
		case high:
			for ; i < len(s) && classOf[s[i]] == high; i++ {
			}
			out = append(out, s[from:i]...)
			varied = -1
		default:
			digits := false
			for ; i < len(s); i++ {
				c := classOf[s[i]]
				if c == between || c == high {
					break
				}
				digits = digits || c == digit
			}
			switch {
			case !digits:
				out, varied = append(out, s[from:i]...), -1
			case varied >= 0:
				out = out[:varied]
			default:
				out = append(out, hole...)
				varied = len(out)
			}
		}
	}
	return string(out)
}

// tokens cuts a template into words, and what stands between them.
func tokens(s string) []string {
	var out []string
	for i := 0; i < len(s); {
		from, c := i, kindOfByte(s[i])
		for ; i < len(s) && kindOfByte(s[i]) == c; i++ {
		}
		if len(out) == maxTokens-1 {
			return append(out, s[from:])
		}
		out = append(out, s[from:i])
	}
	return out
}

// kindOfByte is the class of a byte of a template: holes are words.
func kindOfByte(c byte) uint8 {
	switch k := classOf[c]; {
	case c == 0:
		return 9
	case k == digit:
		return letter
	default:
		return k
	}
}

// isWord tells whether a token may vary.
func isWord(t string) bool { return classOf[t[0]] != between || t == hole }

// fits tells whether a message is of a template.
func fits(template, message []string) bool {
	for i, t := range template {
		if t != message[i] && (t != hole || !isWord(message[i])) {
			return false
		}
	}
	return true
}

// apart returns the one place where two templates differ, -1 where there are
// none or several, or where it is no word.
func apart(a, b []string) int {
	at := -1
	for i := range a {
		if a[i] == b[i] {
			continue
		}
		if at >= 0 || !isWord(a[i]) || !isWord(b[i]) {
			return -1
		}
		at = i
	}
	return at
}

// A forest holds templates in trees of fixed depth: by the number of tokens, by
// the first token, and then a list. T is what is counted for each.
type forest[T any] struct {
	leaves map[leaf][]*tree[T]
	n      int
}

type leaf struct {
	tokens int
	first  string
}

// A tree is one template.
type tree[T any] struct {
	tokens []string
	value  *T
	into   *tree[T] // the one it became part of
}

// place returns the template that a message belongs to, a new one where there
// is none. join adds what was counted for one template to another.
func (f *forest[T]) place(message string, fresh func() *T, join func(to, from *T)) *tree[T] {
	if f.leaves == nil {
		f.leaves = map[leaf][]*tree[T]{}
	}
	words := tokens(message)
	key := leaf{len(words), ""}
	if len(words) > 0 {
		key.first = words[0]
	}
	list := f.leaves[key]
	for _, t := range list {
		if fits(t.tokens, words) {
			return t
		}
	}
	t := &tree[T]{tokens: words, value: fresh()}
	list = append(list, t)
	f.n++
	f.leaves[key] = f.merge(list, t, join)
	return t.root()
}

// merge makes one template of those that differ from t in the same single place,
// if they are many.
func (f *forest[T]) merge(list []*tree[T], t *tree[T], join func(to, from *T)) []*tree[T] {
	var differ [maxTokens]int
	at := -1
	for _, o := range list {
		if o == t {
			continue
		}
		if i := apart(o.tokens, t.tokens); i >= 0 {
			if differ[i]++; differ[i] >= manyWords-1 && at < 0 {
				at = i
			}
		}
	}
	if at < 0 || len(t.tokens) < 3 {
		return list
	}
	var one *tree[T]
	return slices.DeleteFunc(list, func(o *tree[T]) bool {
		if o != t && apart(o.tokens, t.tokens) != at {
			return false
		}
		if one == nil {
			one = o
			return false
		}
		join(one.value, o.value)
		o.into = one
		f.n--
		if o == t {
			one.tokens = slices.Clone(one.tokens)
			one.tokens[at] = hole
		}
		return true
	})
}

// drop takes out a template that was placed last.
func (f *forest[T]) drop(t *tree[T]) {
	key := leaf{len(t.tokens), ""}
	if len(t.tokens) > 0 {
		key.first = t.tokens[0]
	}
	f.leaves[key] = slices.DeleteFunc(f.leaves[key], func(o *tree[T]) bool { return o == t })
	f.n--
}

// root returns the template that t became part of, or itself.
func (t *tree[T]) root() *tree[T] {
	for t.into != nil {
		t = t.into
	}
	return t
}

// text is the template as it is kept.
func (t *tree[T]) text() string { return strings.Join(t.tokens, "") }

// display is a template as people see it.
func display(text string) string { return strings.ReplaceAll(text, hole, "<*>") }
