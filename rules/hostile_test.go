package rules

import (
	"fmt"
	"hash/fnv"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"forensic/event"
)

// hostilePatterns are ways to make a backtracking engine work, each in ten
// sizes; all need that engine.
func hostilePatterns() []string {
	var out []string
	for n := 1; n <= 10; n++ {
		many := strings.Repeat("a?", 3*n) + strings.Repeat("a", 3*n)
		out = append(out,
			"(?=x?)"+strings.Repeat("(", n)+"a+"+strings.Repeat(")+", n)+"$",
			"(?<!q)"+many+"b",
			fmt.Sprintf(`(?=a)(a|aa|aaa){%d,}c`, n),
			fmt.Sprintf(`(a*)*\1{%d}d`, n),
			fmt.Sprintf(`(?<!z)(.*a){%d}$`, n+5),
			`(?=.*(.*(.*(.*e`+strings.Repeat(".*", n)+`))))f`,
			`(\w+\s?)+(?!\w)!`+strings.Repeat("x", n),
			fmt.Sprintf(`((a|b)*?c?){%d}(?=g)`, n+3),
			`^(([a-z])+.)+(?=[A-Z])([a-z])+`+strings.Repeat(`\d`, n),
			"(?!h)"+strings.Repeat(`(\S+:)*`, n)+"i",
		)
	}
	return out
}

// hostileTexts are texts for them, each in ten sizes.
func hostileTexts() []string {
	var out []string
	for n := 1; n <= 10; n++ {
		k := 1 << n
		out = append(out,
			strings.Repeat("a", 4*k),
			strings.Repeat("ab", 4*k),
			strings.Repeat("a", 4*k)+"b",
			strings.Repeat("word ", 2*k)+"!",
			strings.Repeat("abc:", 3*k),
			strings.Repeat("连接 ", k),
			strings.Repeat("\xff\xfea", 2*k),
			strings.Repeat("aA1 ", 2*k)+"\x00",
			"2024-03-02 10:14:03 ERROR "+strings.Repeat("a.b(c:1) ", k),
			strings.Repeat("aaaaaaaa", 64*k),
		)
	}
	return out
}

// Hostile patterns on hostile texts end in time, take no memory to speak of, and
// never say yes one time and no another. SOAK runs all pairs, 20 times, beside
// other work.
func TestHostile(t *testing.T) {
	patterns, texts := hostilePatterns(), hostileTexts()
	if len(patterns) != 100 || len(texts) != 100 {
		t.Fatalf("%d patterns, %d texts", len(patterns), len(texts))
	}
	soak := os.Getenv("SOAK") != ""
	limit, rounds, share := 5*time.Millisecond, 2, uint32(40)
	if soak {
		limit, rounds, share = 10*time.Millisecond, 20, 1
		defer busy(t)()
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	asked, stopped := 0, 0
	for i, source := range patterns {
		p, err := Compile(source)
		if err != nil {
			t.Fatalf("%s: %v", source, err)
		}
		if p.Engine() != "regexp2" {
			t.Fatalf("%s: runs on %s", source, p.Engine())
		}
		p.back.MatchTimeout = limit
		for j, text := range texts {
			h := fnv.New32a()
			fmt.Fprint(h, i, j)
			if h.Sum32()%share != 0 {
				continue
			}
			var said [GaveUp + 1]int
			for range rounds {
				begun := time.Now()
				_, out := p.Match(text, nil)
				said[out]++
				if took := time.Since(begun); took > 2*limit+time.Second {
					t.Errorf("pattern %d on text %d took %v", i, j, took)
				}
			}
			asked++
			if said[GaveUp] > 0 {
				stopped++
			}
			if said[Matched] > 0 && said[Missed] > 0 {
				t.Errorf("%.60q on text %d: matched %d times, missed %d", source, j, said[Matched], said[Missed])
			}
		}
	}
	runtime.ReadMemStats(&after)
	if grown := int64(after.Sys) - int64(before.Sys); grown > 128<<20 {
		t.Errorf("memory grew by %d MiB", grown>>20)
	}
	if asked == 0 || stopped == 0 || stopped == asked {
		t.Errorf("%d of %d pairs were stopped: no test of anything", stopped, asked)
	}
	t.Logf("%d pairs, %d stopped by the clock", asked, stopped)
}

// busy keeps all cores at work until its result is called.
func busy(t *testing.T) func() {
	t.Helper()
	var over atomic.Bool
	var wg sync.WaitGroup
	for range runtime.NumCPU() {
		wg.Go(func() {
			for n := 0; !over.Load(); n++ {
				_ = strings.Repeat("x", n%1000)
			}
		})
	}
	return func() {
		over.Store(true)
		wg.Wait()
	}
}

// harmless matches quickly, whatever else the machine does.
func harmless() (*Pattern, string, error) {
	p, err := Compile(`(?<!un)expected (?<what>\w+) at (?=\d+)`)
	return p, "2024-03-02 10:14:03 ERROR unexpected end, " + strings.Repeat("and more, ", 50) + "expected value at 12", err
}

// A match that the clock stopped for no fault of its own is tried again.
func TestHarmlessUnderLoad(t *testing.T) {
	p, text, err := harmless()
	if err != nil {
		t.Fatal(err)
	}
	defer busy(t)()
	for range 2_000 {
		if _, out := p.Match(text, event.Attrs{}); out != Matched {
			t.Fatalf("says %v", out)
		}
	}
}
