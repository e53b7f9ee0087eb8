package forensic

import (
	"time"

	"forensic/correlate"
	"forensic/event"
	"forensic/rules"
	"forensic/timeline"
)

// A Result is everything a report tells. What it quotes lies in memory; what
// it counts was counted while reading.
type Result struct {
	Complete bool // false where the run was interrupted
	Rules    []rules.Rule
	Inputs   []Input
	Hosts    []timeline.Clock
	Sources  []Source  // by path, sections behind their member
	Skipped  []Skipped // members that no format takes, or that could not be opened
	Members  int       // that the walk gave: sources but for sections, and skipped

	First, Last int64 // of all events whose time is known; event.NoTime where none is
	Step        time.Duration

	Findings []*correlate.Finding // root causes first, then severity, then time; numbered
	Chains   []correlate.Chain
	NotRun   []correlate.NotRun
	Limits   []map[string]string // limits that were reached, in words: "en", "zh"
	Coverage event.Coverage
	Observed correlate.Seen      // what is remarkable about the loud records, without any rule
	Measures []correlate.Measure // numbers that rules followed, with their limits
	Account  *correlate.Account  // how far the rule of Options.Watch came
}

// An Input is one PATH.
type Input struct {
	Path   string // its base name
	Bytes  int64  // 0 for a directory
	SHA256 string
	Faults []event.Problem // damage of the container itself
}

// A Source is one member that was read, or a section of one, with what the
// timeline settled about it.
type Source struct {
	event.Source
	Settled timeline.Facts
}

// A Skipped member was seen and not read.
type Skipped struct {
	Path  string
	Why   string
	Bytes int64
}

// A Sink takes the events of a timeline, in order, and then the result. Findings
// have their ids before the first event comes.
type Sink interface {
	Event(e *event.Event) error
	Close(r *Result) error
}
