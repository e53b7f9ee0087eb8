// Package report owns what people and programs read: the report of an analysis
// as text, JSON and Markdown, the events of a timeline as text, JSON lines and
// CSV, and the writing of result files, whole or not at all.
//
// Its input is a forensic.Result, which New turns into a Report: the same
// fields, in the same order, as the published JSON. Every exporter prints a
// Report and nothing else, so that what one says cannot differ from another.
// An exporter is one file. Its output is bytes that depend on the result and
// the options alone.
//
// It draws no conclusions and decides no times. Everything that came from an
// input is hostile here: it passes Visible, or the escapes of its format.
package report

import (
	"time"

	"forensic/event"
	"forensic/timeline"
)

// Schema names the form of a Report in JSON.
const Schema = "forensic.report/v1"

// A Report is what was found, in one language. A field without content is
// absent from the JSON.
type Report struct {
	Schema   string    `json:"schema"`
	Tool     Tool      `json:"tool"`
	Complete *bool     `json:"complete,omitempty"` // false where the run was interrupted, else absent
	Inputs   []Input   `json:"inputs,omitempty"`
	First    Moment    `json:"first,omitzero"`
	Last     Moment    `json:"last,omitzero"`
	Hosts    []Host    `json:"hosts,omitempty"`
	Sources  []Source  `json:"sources,omitempty"`
	Skipped  []Skipped `json:"skipped,omitempty"`
	Findings []Finding `json:"findings,omitempty"`
	Chains   []Chain   `json:"chains,omitempty"`
	Coverage Coverage  `json:"coverage"`

	Observations []Observation `json:"observations,omitempty"`
	Traffic      []Traffic     `json:"traffic,omitempty"` // of each capture

	Hidden int `json:"findings_hidden,omitempty"` // findings below the severity that was asked for

	Measures []Measure `json:"-"` // numbers that rules followed; a page draws them
	Kept     *Kept     `json:"-"` // the events that a page lists; nil where nobody kept them

	Lang string `json:"-"` // "en", "zh": of everything worded in it
	Zone string `json:"-"` // that times are shown in to people: "+08:00", "Asia/Shanghai", "UTC"; "" where nobody knows it
}

// A Tool is what made the report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
	Rules   int    `json:"rules"`
}

// An Input is one PATH. A directory has neither size nor sum.
type Input struct {
	Path     string    `json:"path"`
	Bytes    int64     `json:"bytes,omitempty"`
	SHA256   string    `json:"sha256,omitempty"`
	Problems []Problem `json:"problems,omitempty"`
}

// A Host is a machine and its clock. An offset is how far the clock is ahead.
type Host struct {
	Name        string   `json:"name,omitempty"`
	Addresses   []string `json:"addresses,omitempty"`
	Zone        string   `json:"zone,omitempty"`
	Offset      string   `json:"offset,omitempty"`
	OffsetError string   `json:"offset_error,omitempty"`
	Why         []string `json:"why,omitempty"`
	Names       []string `json:"names,omitempty"` // all it was called, where there are several
	Drift       string   `json:"drift,omitempty"`
	Joins       int      `json:"joins,omitempty"` // pairs the offset rests on
}

// A Source is one member that was read, or a section of one. The bytes of a
// section are accounted at its member.
type Source struct {
	Path     string    `json:"path"`
	Format   string    `json:"format"`
	Why      string    `json:"why,omitempty"`
	Host     string    `json:"host,omitempty"`
	Bytes    int64     `json:"bytes,omitempty"`
	SHA256   string    `json:"sha256,omitempty"`
	Lines    int       `json:"lines,omitempty"`
	Events   int       `json:"events"`
	Unparsed int       `json:"unparsed_lines"`
	First    Moment    `json:"first,omitzero"`
	Last     Moment    `json:"last,omitzero"`
	Year     string    `json:"year,omitempty"`
	Problems []Problem `json:"problems,omitempty"`

	Loud          int      `json:"errors,omitempty"` // events of level error or critical
	Section       string   `json:"section,omitempty"`
	SectionLine   int      `json:"section_line,omitempty"`
	HostWhy       string   `json:"host_why,omitempty"`
	Zone          string   `json:"zone,omitempty"`
	ZoneKnown     *bool    `json:"zone_known,omitempty"` // false, else absent
	Taken         string   `json:"taken,omitempty"`
	DuplicateOf   string   `json:"duplicate_of,omitempty"`
	Notes         []string `json:"notes,omitempty"`
	BytesClaimed  int64    `json:"bytes_claimed,omitempty"`
	BytesUnparsed int64    `json:"bytes_unparsed,omitempty"`
	BytesSkipped  int64    `json:"bytes_skipped,omitempty"`
	Packets       int      `json:"packets,omitempty"`
	PacketsPartly int      `json:"packets_partly_decoded,omitempty"`
	PacketsNot    int      `json:"packets_not_decoded,omitempty"`

	Miscounted int `json:"-"` // lines of its bytes that its reader did not see: never, but for a bug

	ID      int            `json:"-"`
	Minutes []event.Minute `json:"-"` // how its events lie over time
	Width   time.Duration  `json:"-"` // of one of them
}

// A Measure is a number that rules followed from snapshot to snapshot.
type Measure struct {
	What, Of, Host string
	Key            Entities
	Rules          []string
	Readings       []Reading
	ZoneKnown      bool
}

// A Reading is one value; Of is the limit that held, 0 where none is known.
type Reading struct {
	At        Moment
	Value, Of float64
}

// A Problem is something odd in an input.
type Problem struct {
	What  string `json:"what"`
	At    string `json:"at,omitempty"`
	Times int    `json:"times"`
}

// Skipped was seen and not read.
type Skipped struct {
	Path  string `json:"path"`
	Why   string `json:"why"`
	Bytes int64  `json:"bytes,omitempty"`
}

// A Finding is one rule, one combination of entities, one episode.
type Finding struct {
	ID         string     `json:"id"`
	Rule       string     `json:"rule"`
	Title      string     `json:"title"`
	Severity   string     `json:"severity"`
	Confidence string     `json:"confidence"`
	Standing   string     `json:"standing"`
	Host       string     `json:"host,omitempty"`
	Entities   Entities   `json:"entities,omitempty"`
	First      Moment     `json:"first,omitzero"`
	Last       Moment     `json:"last,omitzero"`
	Count      int        `json:"count"`
	CountLow   int        `json:"count_low"`
	CountHigh  *int       `json:"count_high,omitempty"` // absent where nothing bounds it
	Say        string     `json:"say,omitempty"`
	Because    string     `json:"because,omitempty"`
	Impact     string     `json:"impact,omitempty"`
	Next       []Step     `json:"next,omitempty"`
	Avoid      []Caution  `json:"avoid,omitempty"`
	RuledOut   []string   `json:"ruled_out,omitempty"`
	Facts      []Fact     `json:"facts,omitempty"`
	Series     *Series    `json:"series,omitempty"`
	Evidence   []Evidence `json:"evidence,omitempty"`
	CausedBy   []string   `json:"caused_by,omitempty"`
	Explains   []string   `json:"explains,omitempty"`
	Refs       []string   `json:"refs,omitempty"`

	Open      string   `json:"open,omitempty"`       // why it is open
	ZoneKnown *bool    `json:"zone_known,omitempty"` // false, else absent
	Masks     []string `json:"masks,omitempty"`      // titles of findings that this one stands for
	Links     []Link   `json:"links,omitempty"`

	Coincides []Coincidence `json:"coincides,omitempty"`
	Tried     []Trial       `json:"tried,omitempty"`
}

// A Trial is what an operator did while a finding stood, and what became of the
// symptom: unknown, stopped, fewer, same, more.
type Trial struct {
	Command string `json:"command"`
	Changes string `json:"changes,omitempty"`
	Host    string `json:"host,omitempty"`
	At      Moment `json:"at,omitzero"`
	Source  string `json:"source"`
	Line    int    `json:"line"`
	Effect  string `json:"effect"`
	Say     string `json:"say,omitempty"`
}

// A Coincidence is another finding of the same period that a rule expects
// there, and that nothing shows to be a cause or an effect.
type Coincidence struct {
	Finding string `json:"finding"`
	Gap     string `json:"gap,omitempty"`
	Say     string `json:"say"`
}

// A Link says how firmly this finding is tied to its cause.
type Link struct {
	Cause    string `json:"cause"`
	Strength string `json:"strength"`
	Gap      string `json:"gap,omitempty"`
}

// A Step is what to do next.
type Step struct {
	Do     string `json:"do"`
	Risk   string `json:"risk,omitempty"`
	Verify string `json:"verify,omitempty"`
}

// A Caution is what not to do.
type Caution struct {
	Do      string `json:"do"`
	Why     string `json:"why,omitempty"`
	Applied string `json:"applied,omitempty"` // when it was done nevertheless
}

// A Fact is a value with the evidence it was read from.
type Fact struct {
	Name     string `json:"name"`
	Value    string `json:"value"`
	Evidence string `json:"evidence,omitempty"`
}

// A Series is how the events of a finding spread.
type Series struct {
	Step   string `json:"step"`
	Start  Moment `json:"start"`
	Counts []int  `json:"counts"`
}

// Evidence is one event that supports a finding, quoted from lines of a source,
// or a packet of it.
type Evidence struct {
	ID         string   `json:"id"`
	Role       string   `json:"role"`
	At         Moment   `json:"at,omitzero"`
	Source     string   `json:"source"`
	Line       int      `json:"line,omitempty"`
	LastLine   int      `json:"last_line,omitempty"`
	Packet     int      `json:"packet,omitempty"`
	Text       string   `json:"text,omitempty"`
	TextBase64 []byte   `json:"text_base64,omitempty"` // where Text is not UTF-8
	Before     []string `json:"before,omitempty"`
	After      []string `json:"after,omitempty"`

	LastPacket int    `json:"last_packet,omitempty"`
	Host       string `json:"host,omitempty"`
	ZoneKnown  *bool  `json:"zone_known,omitempty"` // false, else absent
}

// A Chain is a root cause with what follows from it, in order.
type Chain struct {
	Findings   []string `json:"findings"`
	Say        string   `json:"say,omitempty"`
	Confidence string   `json:"confidence"`
	Weakest    string   `json:"weakest,omitempty"`
	Refute     string   `json:"refute,omitempty"` // what would show that it is not so
}

// An Observation is something remarkable about the loud records that no rule
// was asked for: first, new, burst, stopped, contrast. It is seen, and no cause.
type Observation struct {
	ID       string   `json:"id"`
	What     []string `json:"what"`
	Template string   `json:"template"` // the message, with <*> for what varies
	Say      string   `json:"say"`
	Level    string   `json:"level,omitempty"`
	Host     string   `json:"host,omitempty"`
	Format   string   `json:"format"`
	Count    int      `json:"count"`
	First    Moment   `json:"first,omitzero"`
	Last     Moment   `json:"last,omitzero"`
	Peak     int      `json:"peak,omitempty"` // the most in one minute
	PeakAt   Moment   `json:"peak_at,omitzero"`
	Source   string   `json:"source"` // of an example, the first
	Line     int      `json:"line,omitempty"`
	Packet   int      `json:"packet,omitempty"`
	Text     string   `json:"text,omitempty"`
	Sources  []string `json:"sources,omitempty"`  // all, where they are several
	Findings []string `json:"findings,omitempty"` // whose rules took these records
}

// Coverage is how much was looked at.
type Coverage struct {
	Bytes       int64    `json:"bytes"`
	Lines       int      `json:"lines"`
	Events      int      `json:"events"`
	Unparsed    int      `json:"unparsed_lines"`
	RulesRun    int      `json:"rules_run"`
	RulesNotRun []NotRun `json:"rules_not_run,omitempty"`
	LimitsHit   []string `json:"limits_hit,omitempty"`
	Compared    int      `json:"records_compared,omitempty"` // loud records that observations rest on
	OnlyCounted int      `json:"records_only_counted,omitempty"`

	BytesClaimed  int64 `json:"bytes_claimed"`
	BytesUnparsed int64 `json:"bytes_unparsed"`
	BytesSkipped  int64 `json:"bytes_skipped"`
	LinesClaimed  int   `json:"lines_claimed"`
	Packets       int   `json:"packets,omitempty"`
	PacketsPartly int   `json:"packets_partly_decoded,omitempty"`
	PacketsNot    int   `json:"packets_not_decoded,omitempty"`
	Members       int   `json:"members"` // what the input held
	Read          int   `json:"members_read"`
	NotRead       int   `json:"members_skipped"`
}

// A NotRun is a rule that could not find anything, and why.
type NotRun struct {
	Rule string `json:"rule"`
	Why  string `json:"why"`
}

// Entities are what a finding is about: addresses, sessions, processes. They
// are sorted by name.
type Entities event.Attrs

// A Moment is a settled time, as fine as its source wrote it. The zero value is
// no time.
type Moment struct {
	At        int64
	Step      time.Duration
	Known     bool
	ZoneKnown bool
}

// IsZero tells that there is no time.
func (m Moment) IsZero() bool { return !m.Known }

// String returns the time as RFC 3339 in UTC, "" where there is none.
func (m Moment) String() string {
	if !m.Known {
		return ""
	}
	return timeline.Format(m.At, m.Step)
}

func no(known bool) *bool {
	if known {
		return nil
	}
	return new(bool)
}
