// Package rules owns the rules: their YAML, their types, and everything that
// can be said of a rule without an input (strict loading, checking against the
// kinds that formats declare, the patterns and the texts). The rules that come
// with the program stand in the folders below and are part of the binary; more
// may come from a directory of the user's.
//
// It refuses to match: package correlate asks a Pattern about one line, and
// does the rest itself. What it reads is a few small files; what it gives is a
// slice of Rule, sorted by name.
//
// A rule's name is its path: rules/kernel/time-wait-overflow.yaml is
// kernel/time-wait-overflow.
package rules

import (
	"time"

	"forensic/event"
)

// A Rule says what to look for, when it counts, and how to explain it.
type Rule struct {
	Name string // area/what-is-wrong
	File string // where it was read from

	Severity Severity
	Trust    Trust
	OnlyWith []string // context selections without which there is no finding

	Select  []Selection // what the match names, in the file's order
	Context []Selection // enriches the explanation, never triggers
	Match   Match

	Clear    time.Duration // the pause that ends an episode; 0: not written
	Baseline float64       // times its own median minute before; 0: not asked
	Unless   *Steady
	Visible  *Selection // absence only: proves that a source would print what is missing

	Avoid    []Avoid
	RuledOut []string // names of context selections; their sentences stand in Words
	Facts    []Fact
	Causes   []Cause
	Masks    []string
	Refs     []string

	En, Zh Words // Zh has the English text where there is no other

	pos map[string]Pos // where keys stand, for Check
}

// Words are the texts of a rule in one language. Next, Avoid and RuledOut run
// parallel to each other in all languages.
type Words struct {
	Title, Say, Because, Impact Text
	Next                        []Step
	Avoid                       []Caution
	RuledOut                    []Text
}

// A Step is what to do next, what it may break, and how to see that it helped.
type Step struct{ Do, Risk, Verify Text }

// A Caution is what not to do, and why.
type Caution struct{ Do, Why Text }

// A Selection picks events, one at a time.
type Selection struct {
	Name  string
	Kinds []string    // any of these; none means every kind
	Level event.Level // at least as loud as this
	Text  *Pattern    // in the message's one line
	Line  *Pattern    // in any line of the record
	Where []Test
	Pos   Pos
}

// A Test is a condition on one attribute.
type Test struct {
	Attr    string
	OneOf   []string // one of these values
	Absent  bool     // it has no value
	Match   *Pattern
	AtLeast *float64
	AtMost  *float64
	Pos     Pos
}

// An Op is how selected events make a match.
type Op uint8

// The operators.
const (
	Any      Op = iota // one event is enough
	Count              // so many of them, or so many distinct values
	Sequence           // in this order
	Absence            // one, and not the other
	Join               // all, in any order
	Growth             // a number that only rises
	Limit              // a usage at its limit
)

var opNames = [...]string{"any", "count", "sequence", "absence", "join", "growth", "limit"}

// String returns the operator's key in a rule.
func (o Op) String() string { return opNames[o] }

// A Match is the condition over the selected events.
type Match struct {
	Op       Op
	Names    []Name // selections, in the order the rule names them; of absence: after, no
	AtLeast  int    // count: how many
	Within   time.Duration
	Distinct string   // count: of which attribute values are counted
	By       []string // one machine for each combination of values
	Repeat   *Repeat

	Of     Value   // growth: which number; limit: the limit
	Use    Value   // limit: the usage
	Until  Value   // growth: the limit it runs into, if the rule names one
	Points int     // growth: how many rising values
	Rise   float64 // growth: by how much in all
	Share  float64 // limit: usage divided by limit
}

// A Name refers to a selection. An optional one adds evidence and attributes
// where it is there, and is not waited for beyond the window.
type Name struct {
	Selection string
	Optional  bool
}

// Repeat says that the pattern itself must recur.
type Repeat struct {
	AtLeast int
	Within  time.Duration
	By      []string
}

// A Value is an attribute of a selection, or a number.
type Value struct {
	Selection, Attr string
	Number          float64
}

// Zero tells whether the rule does not have it.
func (v Value) Zero() bool { return v == Value{} }

// Steady describes events that come like a clock: a probe.
type Steady struct {
	Variation float64       // coefficient of variation of the intervals
	Slower    time.Duration // intervals longer than this
}

// Trust says how sure a rule is, and what makes it more or less so.
type Trust struct {
	Start        Confidence
	Raise, Lower []string // context selections that are present
}

// Avoid is a remedy that harms or does nothing; its words stand in Words.
type Avoid struct {
	Applied *Selection // shows that it was done; nil where nothing can
}

// A Fact is a value worth naming.
type Fact struct {
	Name  string
	Value Value
}

// A Cause says that this rule's finding can bring about another's.
type Cause struct {
	Rule     string
	Same     []Same // entities that must agree
	Within   time.Duration
	SeenLate time.Duration // how long after its effect began the cause may have been read: a snapshot shows what has been so for a while
	Strength Strength
	Pos      Pos
}

// Same names an entity of this finding and of the other, mostly alike.
type Same struct{ Here, There string }

// A Pos is a place in a rule's file.
type Pos struct{ Line, Column int }

// Lookup returns the selection of that name, of select or context.
func (r *Rule) Lookup(name string) *Selection {
	for _, list := range [][]Selection{r.Select, r.Context} {
		for i := range list {
			if list[i].Name == name {
				return &list[i]
			}
		}
	}
	return nil
}
