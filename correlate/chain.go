package correlate

import (
	"cmp"
	"slices"
	"strings"

	"forensic/rules"
)

// chain tells each story from its root.
func (c *Conclusion) chain() {
	for _, f := range c.Findings {
		if len(f.CausedBy) == 0 && len(f.Explains) > 0 {
			c.Chains = append(c.Chains, tell(f))
		}
	}
}

// tell walks from a root over everything it brings about, by time.
func tell(root *Finding) Chain {
	ch := Chain{Findings: []*Finding{root}, Confidence: root.Confidence}
	in := map[*Finding]bool{root: true}
	var links []*Link
	for {
		var next *Link
		for _, f := range ch.Findings {
			for _, l := range f.Explains {
				if !in[l.Effect] && (next == nil || cmp.Or(cmp.Compare(l.Effect.First.At, next.Effect.First.At), cmp.Compare(next.Strength, l.Strength), strings.Compare(l.Effect.ID, next.Effect.ID)) < 0) {
					next = l
				}
			}
		}
		if next == nil {
			break
		}
		in[next.Effect] = true
		ch.Findings = append(ch.Findings, next.Effect)
		links = append(links, next)
		if ch.Weakest == nil || weaker(next, ch.Weakest) {
			ch.Weakest = next
		}
		ch.Confidence = min(ch.Confidence, next.Effect.Confidence, firmness(next))
	}
	var beside []*Link
	for _, f := range ch.Findings {
		for _, l := range f.Coincides {
			if (!in[l.Cause] || !in[l.Effect]) && !slices.Contains(beside, l) {
				beside = append(beside, l)
			}
		}
	}
	n := &narrator{root: root, links: links, beside: beside, weakest: ch.Weakest, in: in}
	ch.Say, ch.Refute = map[string]string{}, map[string]string{}
	for _, lang := range languages {
		n.lang = lang
		ch.Say[lang], ch.Refute[lang] = n.say(), n.refute()
	}
	return ch
}

// weaker tells whether a link is less certain than another: by its strength, by
// the order of its ends, by what it ties, by the time between.
func weaker(a, b *Link) bool {
	order := func(l *Link) int {
		if l.Sure {
			return 1
		}
		return 0
	}
	return cmp.Or(
		cmp.Compare(a.Strength, b.Strength),
		cmp.Compare(order(a), order(b)),
		cmp.Compare(min(a.Cause.Confidence, a.Effect.Confidence), min(b.Cause.Confidence, b.Effect.Confidence)),
		cmp.Compare(b.Gap.Abs(), a.Gap.Abs()),
	) < 0
}

// firmness is how sure a chain can be over a link. Where clocks leave open what
// came first on two hosts, it is not high.
func firmness(l *Link) rules.Confidence {
	c := [...]rules.Confidence{rules.Low, rules.Medium, rules.High}[l.Strength]
	if !l.Sure && !samePlace(l.Cause, l.Effect) {
		c = min(c, rules.Medium)
	}
	return c
}

// A narrator words a chain. What only coincides is never said to be the reason.
type narrator struct {
	root          *Finding
	links, beside []*Link
	weakest       *Link
	in            map[*Finding]bool
	lang          string
}

// or chooses by language.
func (n *narrator) or(en, zh string) string {
	if n.lang == languages[1] {
		return zh
	}
	return en
}

func (n *narrator) name(f *Finding) string {
	return f.Wording[n.lang].Title + " (" + f.ID + ")"
}

func (n *narrator) gap(l *Link) string { return lengthText(l.Gap, n.lang == languages[1]) }

func (n *narrator) say() string {
	s := n.or("It begins with: "+n.name(n.root)+".", "起点："+n.name(n.root)+"。")
	for _, l := range n.links {
		later := n.or(", which began "+n.gap(l)+" later.", "，后者在 "+n.gap(l)+" 后开始。")
		if l.Gap < 0 {
			later = n.or(", which had begun "+n.gap(l)+" before that state was read.", "；前者是一种状态，在后者开始 "+n.gap(l)+" 后才被读到。")
		}
		verb := n.or("explains", "可以解释")
		if l.Strength == rules.Proves {
			verb = n.or("is the reason for", "就是其原因：")
		}
		s += n.or(" "+l.Cause.ID+" "+verb+": "+n.name(l.Effect)+later, l.Cause.ID+" "+verb+" "+n.name(l.Effect)+later)
	}
	for _, l := range n.beside {
		s += n.or(" ", "") + n.coincidence(l)
	}
	if len(n.links) > 1 {
		w := n.weakest.Cause.ID + "→" + n.weakest.Effect.ID
		s += n.or(" The weakest link is "+w+".", "最弱的一环是 "+w+"。")
	}
	return s
}

// coincidence words what is in company only.
func (n *narrator) coincidence(l *Link) string {
	here, there := l.Cause, l.Effect
	if !n.in[here] {
		here, there = there, here
	}
	return n.or("In the same period as "+here.ID+", "+n.gap(l)+" apart: "+n.name(there)+"; nothing shows that the one brought about the other.",
		"与 "+here.ID+" 同一时段（相隔 "+n.gap(l)+"）："+n.name(there)+"；没有证据表明其中一个导致了另一个。")
}

// refute says what would show that the weakest link does not hold.
func (n *narrator) refute() string {
	l := n.weakest
	s := n.or("It would be refuted if "+l.Effect.ID+" were found where "+l.Cause.ID+" is absent (at another time, for another client), or had begun before it.",
		"若在没有 "+l.Cause.ID+" 的时间或对象上也出现 "+l.Effect.ID+"，或 "+l.Effect.ID+" 早于它开始，则此结论不成立。")
	switch {
	case l.Gap < 0:
		s += n.or(" "+l.Cause.ID+" is a state that was read "+n.gap(l)+" after "+l.Effect.ID+" began; that it held before is inferred.",
			" "+l.Cause.ID+" 是一种状态，在 "+l.Effect.ID+" 开始 "+n.gap(l)+" 后才被读到；此前是否如此是推断。")
	case !l.Sure:
		s += n.or(" Which of the two began first is not sure: their times are "+n.gap(l)+" apart, and stamps or clocks are no finer.",
			"两者谁先开始并不确定：时间相隔 "+n.gap(l)+"，而时间戳或时钟的精度不足以分辨。")
	}
	return s
}

// Coincidence words, in each language, what a finding shares a period with.
func (l *Link) Coincidence(of *Finding) map[string]string {
	out := map[string]string{}
	for _, lang := range languages {
		n := &narrator{in: map[*Finding]bool{of: true}, lang: lang}
		out[lang] = n.coincidence(l)
	}
	return out
}
