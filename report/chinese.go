package report

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// What packages below report says of an input, in English, is turned into
// Chinese here: sentences that they put together from a fixed stock, quoting
// names and numbers. A sentence that is not in the stock stays as it is, which
// is a gap and no mistake; the tests look for gaps.

// A phrase is one sentence of the stock: English and Chinese. In both, {} stands
// for what is quoted, and {*} for a sentence of the stock. They are numbered as
// they come; the Chinese may take them in another order as {1}, {2}.
type phrase struct{ en, zh string }

// A translator knows the stock, cut into what stands between the places.
type translator struct {
	phrases []compiled
	known   sync.Map // sentences seen before, which are many and alike
}

type compiled struct {
	parts []string // between the places
	deep  []bool   // which places are sentences themselves
	zh    string
}

var toChinese = sync.OnceValue(func() *translator {
	t := &translator{}
	for _, stock := range [][]phrase{phrasesOfFormats, phrasesOfBundles, phrasesOfClocks, phrasesOfCaptures} {
		for _, p := range stock {
			t.phrases = append(t.phrases, compile(p))
		}
	}
	// What says most is tried first: a phrase may be a piece of another.
	slices.SortStableFunc(t.phrases, func(a, b compiled) int { return cmp.Compare(b.literal(), a.literal()) })
	return t
})

// literal is how much of a phrase is fixed.
func (c *compiled) literal() int {
	n := 0
	for _, p := range c.parts {
		n += len(p)
	}
	return n
}

func compile(p phrase) compiled {
	c := compiled{zh: p.zh}
	rest := p.en
	for {
		at := strings.IndexByte(rest, '{')
		if at < 0 {
			c.parts = append(c.parts, rest)
			return c
		}
		end := at + strings.IndexByte(rest[at:], '}')
		c.parts = append(c.parts, rest[:at])
		c.deep = append(c.deep, rest[at:end+1] == "{*}")
		rest = rest[end+1:]
	}
}

// inLang says a sentence of the stock in a language.
func inLang(s, lang string) string { return InLang(s, lang) }

// InLang is inLang for who tells of an input without a report.
func InLang(s, lang string) string {
	if lang == "zh" {
		s, _ = (&saying{translator: toChinese()}).say(s, 0)
	}
	return s
}

// A saying is the work on one sentence. Texts quote what came from an input, so
// it is bounded: a text made to fit in many ways stays as it is.
type saying struct {
	*translator
	tries int
}

const (
	deepest   = 6
	mostTries = 400
)

// say returns the Chinese of a sentence, and whether all of it is known.
func (t *saying) say(s string, depth int) (string, bool) {
	if t.tries++; s == "" || depth > deepest || t.tries > mostTries || len(s) > 4096 {
		return s, s == ""
	}
	if zh, ok := t.known.Load(s); ok {
		return zh.(string), true
	}
	zh, ok := t.whole(s, depth)
	if !ok {
		zh, ok = t.clauses(s, depth)
	}
	if ok && len(s) < 300 {
		t.known.Store(s, zh)
	}
	return zh, ok
}

// whole looks for one phrase that is the sentence.
func (t *saying) whole(s string, depth int) (string, bool) {
	var room [8]string
	for i := range t.phrases {
		p := &t.phrases[i]
		if len(p.deep) == 0 {
			if s == p.parts[0] {
				return p.zh, true
			}
			continue
		}
		if strings.HasPrefix(s, p.parts[0]) && strings.HasSuffix(s, p.parts[len(p.parts)-1]) {
			if places := t.match(p, s[len(p.parts[0]):], 1, room[:0], depth); len(places) == len(p.deep) {
				return t.write(p, places, depth), true
			}
		}
	}
	return s, false
}

// match returns the places, or nothing where the phrase does not fit. Of several
// ways the first that leaves known sentences where sentences have to be is
// taken.
func (t *saying) match(p *compiled, rest string, k int, places []string, depth int) []string {
	if k == len(p.parts) {
		if rest != "" {
			return nil
		}
		return places
	}
	part, last := p.parts[k], k == len(p.parts)-1
	for from := 1; from <= len(rest); from++ {
		at := strings.Index(rest[from:], part)
		switch {
		case last:
			at = len(rest) - len(part)
			if at < from || !strings.HasSuffix(rest, part) {
				return nil
			}
		case at < 0:
			return nil
		default:
			at += from
		}
		place := rest[:at]
		fits := !strings.Contains(place, "; ") // else it is more than one sentence
		if p.deep[k-1] {
			_, fits = t.say(place, depth+1)
		}
		if fits {
			if got := t.match(p, rest[at+len(part):], k+1, append(places, place), depth); len(got) == len(p.deep) {
				return got
			}
		}
		if last {
			return nil
		}
		from = at
	}
	return nil
}

// write fills the Chinese of a phrase in.
func (t *saying) write(p *compiled, places []string, depth int) string {
	var b strings.Builder
	n := 0
	for rest := p.zh; rest != ""; {
		at := strings.IndexByte(rest, '{')
		if at < 0 {
			b.WriteString(rest)
			break
		}
		b.WriteString(rest[:at])
		end := at + strings.IndexByte(rest[at:], '}')
		i := n
		if inner := rest[at+1 : end]; len(inner) == 1 && inner[0] >= '1' && inner[0] <= '9' {
			i = int(inner[0] - '1')
		} else {
			n++
		}
		if i < len(places) {
			place := places[i]
			if p.deep[i] {
				place, _ = t.say(place, depth+1)
			}
			b.WriteString(place)
		}
		rest = rest[end+1:]
	}
	return b.String()
}

// clauses takes a sentence apart at its semicolons, those in brackets aside.
func (t *saying) clauses(s string, depth int) (string, bool) {
	level, from := 0, 0
	var all []string
	for i := 0; i+1 < len(s); i++ {
		switch s[i] {
		case '(':
			level++
		case ')':
			level--
		case ';':
			if level <= 0 && s[i+1] == ' ' {
				all, from = append(all, s[from:i]), i+2
			}
		}
	}
	if all == nil {
		return s, false
	}
	whole := true
	for i, c := range append(all, s[from:]) {
		zh, ok := t.say(c, depth+1)
		whole = whole && ok
		if i == 0 {
			s = zh
		} else {
			s += "；" + zh
		}
	}
	return s, whole
}
