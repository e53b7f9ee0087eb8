package rules

import "slices"

// A Severity is how bad a finding is.
type Severity uint8

// The severities, mildest first.
const (
	Info Severity = iota
	Warning
	Error
	Critical
)

var severityNames = []string{"info", "warning", "error", "critical"}

// String returns the word reports print.
func (s Severity) String() string { return severityNames[s] }

// SeverityNamed returns the severity of that name.
func SeverityNamed(name string) (Severity, bool) {
	i := slices.Index(severityNames, name)
	return Severity(max(i, 0)), i >= 0
}

// A Confidence is how sure a finding is.
type Confidence uint8

// The confidences, lowest first.
const (
	Low Confidence = iota
	Medium
	High
)

var confidenceNames = []string{"low", "medium", "high"}

// String returns the word reports print.
func (c Confidence) String() string { return confidenceNames[c] }

// A Strength is how firmly one finding is tied to another.
type Strength uint8

// The strengths, weakest first.
const (
	Coincides Strength = iota
	Explains
	Proves
)

var strengthNames = []string{"coincides", "explains", "proves"}

// String returns the word reports print.
func (s Strength) String() string { return strengthNames[s] }
