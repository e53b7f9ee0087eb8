package forensic

import (
	"time"

	"forensic/bundle"
	"forensic/rules"
	"forensic/timeline"
)

// Options are what a user decides. The zero value analyses with the embedded
// rules and default limits.
type Options struct {
	Rules    []rules.Rule // nil: the embedded ones
	Disable  []string     // ids of rules not to run
	KeepAll  bool         // every event goes on the timeline, not just what a rule asked for
	FormatOf []Override   // formats the user knows better
	Since    string       // RFC 3339, a time in the bundle's zone, or a length before the last event; "" for all
	Until    string
	Clock    timeline.Options
	Limits   bundle.Limits
	Several  bool   // the paths are what could be read of several
	Watch    string // the rule whose way is to be told (Result.Account); "" for none
	Jobs     int    // how many inputs are read at the same time; 0: as many as cores, at most 4
	Slow     bool   // every pattern is tried on every record, by one goroutine that also reads: there to be compared with
	Memory   int64  // what queues and tables may take; 0: 192 MiB
	Temp     string // where spill files go; "": the system's
	Progress func(Progress)
}

// An Override reads members whose path or base name fits Glob as Format.
type Override struct{ Glob, Format string }

// Progress says how far the reading is.
type Progress struct {
	Member  string
	Members int
	Bytes   int64 // unpacked bytes read
	Elapsed time.Duration
}

// mergeShare is the part of Options.Memory that merging may take.
const mergeShare = 6

// clock is how clocks are settled and events merged, within the user's bound.
func (o Options) clock() timeline.Options {
	c := o.Clock
	if c.Memory == 0 {
		c.Memory = o.Memory / mergeShare
	}
	return c
}
