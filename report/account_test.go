package report

import (
	"strings"
	"testing"

	"forensic"
)

// Every sum that does not close is named: bytes, lines, packets, members.
func TestUnclosed(t *testing.T) {
	if out := Unclosed(New(sample(), Options{})); len(out) != 0 {
		t.Fatalf("the sample: %q", out)
	}
	for name, c := range map[string]struct {
		spoil func(r *forensic.Result)
		want  string
	}{
		"a byte too few":           {func(r *forensic.Result) { r.Sources[0].Account.Claimed-- }, "bytes, of which"},
		"a byte too many":          {func(r *forensic.Result) { r.Sources[0].Account.Unparsed++ }, "bytes, of which"},
		"less than none":           {func(r *forensic.Result) { a := &r.Sources[0].Account; a.Claimed, a.Skipped = a.Claimed+5, -5 }, "less than no bytes"},
		"more unparsed than lines": {func(r *forensic.Result) { r.Sources[0].Account.UnparsedLines = 1 << 20 }, "lines are unparsed"},
		"a line nobody saw":        {func(r *forensic.Result) { r.Sources[0].Account.Miscounted = 1 }, "lines, of which"},
		"more bad packets":         {func(r *forensic.Result) { r.Sources[1].Account.BadPackets = 1 << 20 }, "packets, of which"},
		"a member that is gone":    {func(r *forensic.Result) { r.Members++ }, "members, of which"},
		"a member told twice":      {func(r *forensic.Result) { r.Sources = append(r.Sources, r.Sources[0]); r.Members++ }, "more than once"},
		"skipped without a reason": {func(r *forensic.Result) { r.Skipped[0].Why = "" }, "without a reason"},
	} {
		r := sample()
		c.spoil(r)
		if out := Unclosed(New(r, Options{})); len(out) != 1 || !strings.Contains(out[0], c.want) {
			t.Errorf("%s: %q", name, out)
		}
	}
}
