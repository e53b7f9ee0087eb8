package forensic

import (
	"slices"
	"strings"

	"forensic/event"
	"forensic/parsers"
)

// Kinds returns every declared kind of every format, for checking rules.
func Kinds() []event.Kind { return parsers.Kinds() }

// fewFormats are named where a rule could not run for want of a kind.
const fewFormats = 4

// kindSources says where events of a kind come from: the kind, and the formats
// that tell of it.
func kindSources(kind, lang string) string {
	names := FormatsOf(kind)
	if len(names) == 0 {
		return ""
	}
	more := ""
	if len(names) > fewFormats {
		names, more = names[:fewFormats], ", ..."
	}
	if lang == "zh" {
		return kind + "（可由这些格式提供：" + strings.Join(names, "、") + more + "）"
	}
	return kind + " (formats that would: " + strings.Join(names, ", ") + more + ")"
}

// FormatsOf returns the names of the formats that declare a kind, sorted.
func FormatsOf(kind string) []string {
	var names []string
	for _, f := range parsers.All() {
		if slices.ContainsFunc(f.Kinds, func(k event.Kind) bool { return k.Name == kind }) {
			names = append(names, f.Name)
		}
	}
	return names
}
