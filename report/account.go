package report

import (
	"cmp"
	"fmt"
)

// account shows that everything is accounted for.
func (p *printer) account() {
	for _, sum := range p.sums() {
		p.colored(dim, 2, sum)
	}
}

// sums are those of the account: bytes, lines, packets and members.
func (p *printer) sums() []string {
	c, n := &p.r.Coverage, func(n int) string { return thousands(int64(n)) }
	sums := []string{
		fmt.Sprintf(p.t.Account, thousands(c.Bytes), thousands(c.BytesClaimed), thousands(c.BytesUnparsed), thousands(c.BytesSkipped)),
		fmt.Sprintf(p.t.AccountLines, n(c.Lines), n(c.LinesClaimed), n(c.Unparsed)),
	}
	if c.Packets > 0 {
		sums = append(sums, fmt.Sprintf(p.t.AccountPackets, n(c.Packets), n(c.Packets-c.PacketsPartly-c.PacketsNot), n(c.PacketsPartly), n(c.PacketsNot)))
	}
	return append(sums, fmt.Sprintf(p.t.AccountMembers, n(c.Members), n(c.Read), n(c.NotRead)))
}

// Unclosed names the sums that do not close, each of which is a mistake of this
// program: of each source, and of the whole.
func Unclosed(r *Report) []string {
	var out []string
	told := map[string]int{}
	for i := range r.Sources {
		s := &r.Sources[i]
		out = append(out, unclosed(s)...)
		if s.Section == "" {
			if told[s.Path]++; told[s.Path] == 2 {
				out = append(out, s.Path+": told more than once")
			}
		}
	}
	for _, s := range r.Skipped {
		if s.Why == "" {
			out = append(out, s.Path+": skipped without a reason")
		}
	}
	if c := &r.Coverage; c.Members != c.Read+c.NotRead {
		out = append(out, fmt.Sprintf("the input: %d members, of which %d are accounted for", c.Members, c.Read+c.NotRead))
	}
	return out
}

func unclosed(s *Source) (out []string) {
	say := func(format string, args ...any) {
		out = append(out, cmp.Or(sourceName(s), "?")+": "+fmt.Sprintf(format, args...))
	}
	if sum := s.BytesClaimed + s.BytesUnparsed + s.BytesSkipped; sum != s.Bytes {
		say("%d bytes, of which %d are accounted for", s.Bytes, sum)
	}
	if min(s.BytesClaimed, s.BytesUnparsed, s.BytesSkipped) < 0 {
		say("less than no bytes")
	}
	if s.Unparsed < 0 || s.Unparsed > s.Lines {
		say("%d of %d lines are unparsed", s.Unparsed, s.Lines)
	}
	if s.Miscounted != 0 {
		say("%d lines, of which %d are accounted for", s.Lines+s.Miscounted, s.Lines)
	}
	if s.PacketsPartly < 0 || s.PacketsNot < 0 || s.PacketsPartly+s.PacketsNot > s.Packets {
		say("%d packets, of which %d partly and %d not decoded", s.Packets, s.PacketsPartly, s.PacketsNot)
	}
	return out
}
