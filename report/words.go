package report

import (
	"fmt"

	"forensic/rules"
)

// words are the sentences of the program's own in one language. What findings
// say comes worded by package correlate.
type words struct {
	WhatHappened, Together, Findings, Clocks, Read, NotRead, Problems, RulesNotRun, Limits string // headings

	Interrupted string
	To          string // between two times
	ZoneUnknown string // behind times nobody knows the zone of
	SomeZone    string // behind a single one
	Untimed     string

	Nothing      string // no finding: sources, rules run
	NothingFloor string // all findings are below the severity asked for
	Loudest      string // errors in all, source with most, its number
	Quietness    string // no errors either
	Explains     string // ids
	Besides      string
	More         string // more findings below
	Blind        string // what the findings do not rest on, in one line

	BlindMembers, BlindProblems, BlindRules, BlindLimits string // n

	Critical, Error, Warning, Info string
	Times                          string // n
	TimesSure                      string // best, low
	Confidence                     map[string]string
	OpenFor                        string // why
	OpenWord                       string

	Why, Impact, Next, Avoid, RuledOut, Facts, OverTime, Evidence, Refs, CausedBy, ExplainsIDs, StandsFor, Beside, Tried string

	Risk, Verify, Applied string
	Strength              map[string]string
	Effect                map[string]string // of what was tried
	Observed, ObservedAs  string            // heading, and what it is not
	SeeFindings           string            // ids
	Series                string            // step, highest
	MoreEvidence          string            // n
	MoreLines             string            // n
	MoreCharacters        string            // n
	Packet                string            // n
	NoText                string

	Fast, Slow, Agrees, Reference, NotCompared string // duration
	By                                         string // joins
	UnknownZone, WrittenZone                   string
	NoHost                                     string
	AlsoCalled                                 string

	Source, Line, Event, Packets, Rule, Input [2]string // one, many
	MoreSources                               string    // n, events
	Duplicate                                 string    // path
	UnparsedLines                             string    // n
	Sections                                  string    // formats
	Account                                   string    // bytes, in records, unparsed, skipped
	AccountLines, AccountPackets              string    // the same of lines, and of packets: decoded, partly, not
	AccountMembers                            string    // members, read, not read
	RulesRan                                  string    // ran, not
	Join                                      string    // between things in a list
	Semicolon                                 string    // between remarks
	MoreInJSON                                string    // n
	OnlyNotes                                 string    // rules
	Colon                                     string
	Stop                                      string // end of a sentence
}

var english = words{
	WhatHappened: "WHAT HAPPENED", Together: "HOW IT HANGS TOGETHER", Findings: "FINDINGS", Clocks: "CLOCKS", Read: "READ", NotRead: "NOT READ",
	Problems: "PROBLEMS IN WHAT WAS READ", RulesNotRun: "RULES THAT COULD NOT RUN", Limits: "LIMITS REACHED",

	Interrupted: "INTERRUPTED: only part of the input was read, and what follows is drawn from that part.",
	To:          "to", ZoneUnknown: "as written (zone unknown)", SomeZone: "zone unknown", Untimed: "no times",

	Nothing:      "No rule found anything in %s; %s ran.",
	NothingFloor: "%d findings, all milder than what was asked for.",
	Loudest:      "There are %s records of level error or critical, most of them in %s (%s).",
	Quietness:    "No record says error or critical either.",
	Explains:     "It explains %s.",
	Besides:      "Besides: %s",
	More:         "%d more below.",
	Blind:        "What this does not rest on (see the end): %s.",
	BlindMembers: "members not read %s", BlindProblems: "problems in what was read %s",
	BlindRules: "rules that could not run %s", BlindLimits: "limits reached %s",

	Critical: "critical", Error: "error", Warning: "warning", Info: "info",
	Times: "%s times", TimesSure: "about %s times (%s certain)",
	Confidence: map[string]string{"low": "low confidence", "medium": "medium confidence", "high": "high confidence"},
	OpenFor:    "open: %s", OpenWord: "open",

	Why: "Why", Impact: "Impact", Next: "Next", Avoid: "Do not", RuledOut: "Ruled out", Facts: "Facts", OverTime: "Over time",
	Evidence: "Evidence", Refs: "See", CausedBy: "Caused by", ExplainsIDs: "Explains", StandsFor: "Stands for", Beside: "Beside", Tried: "Tried",

	Risk: "risk: ", Verify: "check: ", Applied: "this was done: ",
	Strength: map[string]string{"coincides": "coincides, not proven", "explains": "explains it", "proves": "proven"},
	Observed: "SEEN WITHOUT A RULE", ObservedAs: "observations, not causes", SeeFindings: "these records are part of %s",
	Effect: map[string]string{
		"unknown": "not known whether it helped", "stopped": "it stopped afterwards", "fewer": "it eased afterwards",
		"same": "it went on", "more": "it grew afterwards",
	},
	Series: "steps of %s, at most %s in one",

	MoreEvidence: "%d more in the JSON report; -v shows all", MoreLines: "… %d lines …", MoreCharacters: "… %d characters more",
	Packet: "packet %d", NoText: "(no text was kept)",

	Fast: "%s fast", Slow: "%s slow", Agrees: "right within %s", Reference: "the reference the others are compared with", NotCompared: "not compared with other clocks",
	By: "by %d joins", UnknownZone: "zone unknown", WrittenZone: "zone written in each stamp", NoHost: "(host unknown)", AlsoCalled: "also called %s",

	Source: [2]string{"source", "sources"}, Line: [2]string{"line", "lines"}, Event: [2]string{"record", "records"},
	Packets: [2]string{"packet", "packets"}, Rule: [2]string{"rule", "rules"}, Input: [2]string{"input", "inputs"},
	MoreSources: "and %d more without problems (-v lists all)", Sections: "with sections read as %s", Duplicate: "same content as %s, counted once",
	UnparsedLines: "%s not understood", Account: "%s bytes = %s in records + %s not understood + %s left out",
	AccountLines: "lines: %s = %s in records + %s not understood", AccountPackets: "packets: %s = %s decoded + %s decoded in part + %s not decoded",
	AccountMembers: "members: %s = %s read + %s not read",
	RulesRan:       "%d rules ran, %d could not.", OnlyNotes: "No rule found a warning or an error; %s ran, and what they noted stands below.", MoreInJSON: "%d more stand in the JSON report.", Semicolon: "; ", Join: ", ", Colon: ": ", Stop: ".",
}

// wordsFor returns the words of a language.
func wordsFor(lang string) *words {
	if lang == "zh" {
		return &chinese
	}
	return &english
}

// amount writes a number with its unit.
func amount(n int, unit [2]string) string {
	if n == 1 {
		return "1 " + unit[0]
	}
	return rules.Thousands(n) + " " + unit[1]
}

// size writes a number of bytes in the unit that suits it.
func size(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1_000_000:
		return fmt.Sprintf("%.3g kB", float64(n)/1e3)
	case n < 1_000_000_000:
		return fmt.Sprintf("%.3g MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.4g GB", float64(n)/1e9)
}
