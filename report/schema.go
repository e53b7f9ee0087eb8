package report

import (
	"embed"
	"slices"
	"strings"
)

//go:embed schemas/*.json
var schemas embed.FS

// SchemaNames lists the published JSON Schemas.
func SchemaNames() []string {
	var names []string
	entries, err := schemas.ReadDir("schemas")
	if err != nil {
		return nil
	}
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".json"))
	}
	slices.Sort(names)
	return names
}

// SchemaText returns a schema by its name: "report", "timeline".
func SchemaText(name string) ([]byte, bool) {
	if !slices.Contains(SchemaNames(), name) {
		return nil, false
	}
	text, err := schemas.ReadFile("schemas/" + name + ".json")
	return text, err == nil
}
