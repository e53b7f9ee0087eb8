package rules

import _ "embed"

//go:embed schema.json
var schema []byte

// Schema returns the JSON Schema of a rule's file, for editors. It knows the
// shape; names are for Check.
func Schema() []byte { return schema }
