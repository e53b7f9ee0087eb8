package timeline

import "time"

// A Clock is what was settled about the clock of one host, and why.
type Clock struct {
	Host      string   // "" gathers the sources nobody names a host for
	Names     []string // all it was called, the first is Host
	Addresses []string
	Zone      string // "Asia/Shanghai", "+08:00"; "" where it is unknown
	ZoneKnown bool

	Offset      time.Duration // how far it is ahead: true time = written time - Offset
	OffsetKnown bool          // by joins or by the user; the reference is known to be 0
	Error       time.Duration // of Offset, either way
	Drift       float64       // parts per million
	Since       int64         // where Drift is not 0: the true time at which it is ahead by Offset
	Joins       int           // pairs the offset rests on
	Pairs       []Pair        // those that bound it
	Why         []string
}

// A Pair is one thing that two clocks saw: the same connection, session or
// request in sources of two hosts.
type Pair struct {
	Key    string
	Host   string        // the other one
	At     int64         // written by this clock
	Other  int64         // settled, by the other
	Bounds time.Duration // what it says of the offset
	Upper  bool          // the offset is at most that; else at least
}

// Facts is what was settled about one source.
type Facts struct {
	Source      int
	Host        string
	HostWhy     string
	First, Last int64 // event.NoTime where nothing has a time
	Step        time.Duration
	Year        string // "2014: from ..."
	Zone        string
	ZoneKnown   bool
	Taken       string // of a snapshot: how its time is known
	Duplicate   string // the path of the source with the same content that is replayed instead
	Notes       []string
}
