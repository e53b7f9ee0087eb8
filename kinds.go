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
func kindSources() func(kind, lang string) string {
	by := map[string][]string{}
	for _, f := range parsers.All() {
		for _, k := range f.Kinds {
			if !slices.Contains(by[k.Name], f.Name) {
				by[k.Name] = append(by[k.Name], f.Name)
			}
		}
	}
	return func(kind, lang string) string {
		names := by[kind]
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
}
