package event

import "time"

// A Source is one member, or a section of one, that was read, and what could
// not be read in it.
type Source struct {
	ID       int    // its handle while reading; order comes from Path, never from ID
	Path     string // "logs/zk.tgz!/zookeeper.out"
	Section  string // "$ netstat -antp" where the member holds several; empty for the member itself
	Line     int    // first line of the section in its member; 0 for the member itself
	Format   string
	Why      string // why it was taken for that format
	Unit     string // "line" or "packet"
	Modified time.Time
	Packed   bool     // Modified is in the zone of whoever packed it, as zip writes it
	Taken    Stamp    // when a snapshot was taken, where its transcript or name says so
	Host     string   // whose it is, where a prompt or wrapper says so
	Dir      string   // the working directory a prompt showed
	User     string   // the user a prompt showed
	Kinds    []string // the kinds its format declares

	Account  Account
	SHA256   string
	Problems []Problem
	Assumed  []string // what its reader took for granted, and nothing in it tells
	Traffic  *Traffic // of a capture
}

// An Account closes: Bytes = Claimed + Unparsed + Skipped, in the member's own
// bytes. Sections have none; their bytes are accounted at the member.
type Account struct {
	Bytes, Claimed, Unparsed, Skipped int64
	Lines, UnparsedLines              int
	Packets, PartPackets, BadPackets  int
	Events                            int
	Miscounted                        int // lines that the bytes have and their reader did not see: a bug of ours, else 0
}

// A Problem is something odd in an input: what, where first, how often.
type Problem struct {
	What  string
	At    string
	Times int
}

// Coverage is what each source could have told.
type Coverage []Covered

// A Covered source: whose it is, from when to when it speaks, and how loud.
type Covered struct {
	Source      int
	Path        string
	Section     string
	Format      string
	Host        string
	Machine     int      // sources without a host that are of one machine have the same
	Log         int      // parts of one rotated log have the same
	Kinds       []string // what its format declares
	First, Last int64    // NoTime where it has no times
	ZoneKnown   bool
	Rhythm      time.Duration // its longest ordinary pause between two events
	Gaps        []Gap         // pauses well beyond its rhythm
	ByLevel     [Levels]int   // how many events of each level
	Events      int
	Minutes     []Minute      // how the events with times lie over it, in the order of time; silent ones are left out
	Width       time.Duration // of one of them: a minute, more where the source is longer than can be counted so
}

// A Minute counts events, and those among them that are as loud as a warning or
// as an error. It may begin before the first of its events.
type Minute struct {
	At                       int64
	Events, Warnings, Errors uint32
}

// A Gap is a silence of a source.
type Gap struct{ From, To int64 }
