package correlate

import (
	"time"

	"forensic/event"
	"forensic/rules"
)

// A Finding is one rule, one combination of keys, one episode.
type Finding struct {
	ID         string // F1, F2, ... in the order of the report
	Rule       string
	Severity   rules.Severity
	Confidence rules.Confidence
	Standing   Standing
	Host       string      // "" where it is unknown or there are several
	Key        event.Attrs // the rule's "by" without the host; what has no value is left out

	First, Last Moment
	Count       event.Times // events of the first-named selection
	Distinct    int         // distinct values in all, where the rule counts them

	Wording  map[string]Wording // "en", "zh"
	Facts    []Fact
	Series   Series
	Evidence []Evidence // first and last few of each role, by time
	Refs     []string

	CausedBy  []*Link // what brings it about; never what only coincides
	Explains  []*Link // what it brings about
	Coincides []*Link // what a rule expects in its company, and nothing shows to be more
	Masks     []*Finding
	Tried     []Trial // what operators did while it stood, by time

	rule *rules.Rule
	run  *run
}

// A Standing says whether a finding holds.
type Standing uint8

// The standings. A finding is Open where the evidence ends before the window
// does, or where nothing shows that what is missing would have been seen.
const (
	Confirmed Standing = iota
	Open
)

// String returns the word reports print.
func (s Standing) String() string {
	if s == Open {
		return "open"
	}
	return "confirmed"
}

// A Moment is a settled time and the width of its stamp.
type Moment struct {
	At        int64 // nanoseconds since 1970 UTC, or event.NoTime
	Step      time.Duration
	ZoneKnown bool
}

// Known tells whether there is a time at all.
func (m Moment) Known() bool { return m.At != event.NoTime }

// Time returns the moment in UTC.
func (m Moment) Time() time.Time { return time.Unix(0, m.At).UTC() }

// Wording is everything a finding says, in one language.
type Wording struct {
	Title, Say, Because, Impact string
	Next                        []Step
	Avoid                       []Caution
	RuledOut                    []string
	Open                        string // why it is open; empty where it is confirmed
}

// A Step is what to do next.
type Step struct{ Do, Risk, Verify string }

// A Caution is what not to do. Applied says when it was done, where the bundle
// shows it.
type Caution struct{ Do, Why, Applied string }

// A Fact is a value with the event it was read from.
type Fact struct {
	Name, Value string
	Evidence    string // id of its evidence; "" where it stands for several events
}

// Evidence is one event that supports a finding.
type Evidence struct {
	ID            string // E1, E2, ... through all findings
	Role          string // the selection it answers
	At            Moment
	Host          string
	Where         event.Span
	Text          string
	Before, After []string
}

// A Series is how the events spread: counts in steps from Start.
type Series struct {
	Step   time.Duration
	Start  int64
	Counts []int
}

// A Link ties a finding to one that it brings about, as a rule says.
type Link struct {
	Cause, Effect *Finding
	Strength      rules.Strength
	Gap           time.Duration // from the cause's first event to the effect's
	Sure          bool          // clocks and stamps leave no doubt that the cause began first
}

// A Chain is a root cause with what follows from it, in order.
type Chain struct {
	Findings   []*Finding
	Say        map[string]string
	Refute     map[string]string // what would show that it is not so
	Confidence rules.Confidence
	Weakest    *Link
}

// NotRun is a rule that could not find anything, and why.
type NotRun struct {
	Rule string
	Why  map[string]string // "en", "zh"
}

// Stopped says that patterns of a rule were stopped before they gave an answer
// in a source: the lines count as not checked by it.
type Stopped struct {
	Rule   string
	Source int
	Line   int  // of the first
	Times  int  // how many matches
	Parked bool // the rule was not tried any more in that source
}

// A Conclusion is everything an engine has to say.
type Conclusion struct {
	Findings  []*Finding // root causes first, then severity, then time
	Masked    []*Finding // what a more specific finding stands for
	Chains    []Chain
	RulesRun  int
	NotRun    []NotRun
	Stopped   []Stopped           // by rule, path and line
	LimitsHit []map[string]string // in words, "en", "zh"
	Account   *Account            // of the rule that was asked about
	Measures  []Measure           // numbers that rules followed, by name and host
}
