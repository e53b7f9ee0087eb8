package correlate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"forensic/event"
	"forensic/rules"
)

// contains looks for one literal the plain way.
func contains(text string, l rules.Literal) bool {
	if !l.Fold {
		return strings.Contains(text, l.Text)
	}
	for i := 0; i+len(l.Text) <= len(text); i++ {
		if foldEqual(text[i:i+len(l.Text)], l.Text) {
			return true
		}
	}
	return false
}

// plainMarks is the filter's answer, found the plain way.
func plainMarks(block string, literals []rules.Literal) []string {
	var out []string
	for n, l := range literals {
		for at := 0; at+len(l.Text) <= len(block); at++ {
			if contains(block[at:at+len(l.Text)], l) {
				out = append(out, fmt.Sprintf("%d@%d", n, at))
			}
		}
	}
	slices.Sort(out)
	return out
}

func filterMarks(f *filter, block string) []string {
	var out []string
	for _, m := range f.find(block, nil) {
		out = append(out, fmt.Sprintf("%d@%d", m.Literal, m.At))
	}
	slices.Sort(out)
	return out
}

var filterLiterals = []rules.Literal{
	{Text: "time wait bucket table overflow"}, {Text: "accepted socket", Fold: true}, {Text: "Unable to read additional data"},
	{Text: "exactly"}, {Text: "连接失败"}, {Text: "oom"}, {Text: "fsync"}, {Text: "reset", Fold: true}, {Text: "closed"}, {Text: "0x00000000000000000"},
}

func TestFilter(t *testing.T) {
	f := newFilter(filterLiterals, "some sample of a log")
	for _, block := range []string{
		"", "o", "oo", "oom", "xoom", "OOM", "fsync", "exactly", "xexactly", "xxexactly", "xxxexactly", "exactl", "RESET reset rEsEt",
		"TCP: time wait bucket table overflow\ntime wait bucket table overflow", "Accepted Socket ACCEPTED SOCKET accepted socket",
		strings.Repeat("0x", 40), "0x" + strings.Repeat("0", 40), "连接失败连接失败", "@CCEPTED socket", "oomoomoom",
	} {
		if got, want := filterMarks(f, block), plainMarks(block, filterLiterals); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", block, got, want)
		}
	}
}

// The filter finds what a plain search finds, whatever the literals, the sample
// and the text are.
func FuzzFilter(f *testing.F) {
	f.Add("needle\nhay", "xxneedlexx", uint64(1))
	f.Add("abc\nabcd\nabcdefg\n?stuvwxyz", "abcdefgSTUVWXYZ", uint64(7))
	f.Fuzz(func(t *testing.T, texts, block string, seed uint64) {
		var literals []rules.Literal
		for _, s := range strings.Split(texts, "\n") {
			l := rules.Literal{Text: s}
			if rest, ok := strings.CutPrefix(s, "?"); ok {
				l = rules.Literal{Text: strings.ToLower(rest), Fold: true}
			}
			if len(l.Text) >= gramShort && len(literals) < 50 {
				literals = append(literals, l)
			}
		}
		r := rand.New(rand.NewPCG(seed, 1))
		for range 3 { // literals at random places
			if len(literals) > 0 {
				at := r.IntN(len(block) + 1)
				block = block[:at] + literals[r.IntN(len(literals))].Text + block[at:]
			}
		}
		flt := newFilter(literals, block[:len(block)/2])
		if got, want := filterMarks(flt, block), plainMarks(block, literals); !slices.Equal(got, want) {
			t.Errorf("literals %q in %q: %v, want %v", texts, block, got, want)
		}
	})
}

// corpus is text that looks like logs, with a needle in about one line of
// sixteen.
func corpus(size int) string {
	r := rand.New(rand.NewPCG(3, 4))
	words := []string{"INFO", "session", "0x149c21809731325", "connection", "from", "192.0.2.7:41822", "kernel:", "TCP", "WARN", "closed", "socket", "request", "table", "zookeeper", "error"}
	var b strings.Builder
	for b.Len() < size {
		fmt.Fprintf(&b, "2024-03-02 10:%02d:%02d,%03d [myid:1] - ", r.IntN(60), r.IntN(60), r.IntN(1000))
		for range 6 + r.IntN(8) {
			b.WriteString(words[r.IntN(len(words))] + " ")
		}
		if r.IntN(16) == 0 {
			b.WriteString("time wait bucket table overflow")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func BenchmarkFilter(b *testing.B) {
	text := corpus(256 << 10)
	for _, n := range []int{1, 20, 200} {
		var literals []rules.Literal
		for i := range n {
			literals = append(literals, rules.Literal{Text: fmt.Sprintf("needle %x in the hay %d", i*7919, i)})
		}
		literals[0].Text = "time wait bucket table overflow"
		run := func(name string, literals []rules.Literal) {
			b.Run(name, func(b *testing.B) {
				f := newFilter(literals, text[:64<<10])
				var marks []event.Mark
				b.SetBytes(int64(len(text)))
				b.ReportAllocs()
				for b.Loop() {
					marks = f.find(text, marks[:0])
				}
			})
		}
		run(fmt.Sprint(n), literals)
		if n == 20 {
			run("20 and one of five bytes", append(literals, rules.Literal{Text: "fsync"}))
		}
	}
}
