package report

import (
	"context"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"forensic"
	"forensic/fixtures"
)

func TestChinese(t *testing.T) {
	for en, zh := range map[string]string{
		"12 of 12 lines begin a record":                                                                 "12 行中有 12 行是记录的开头",
		"9 of 9 lines fit; its name fits; next was text (no layout found)":                              "9 行中有 9 行相符；文件名相符；其次是 text（未找到版式）",
		"no format takes it; nearest is json (2 JSON objects, 1 with a time or a level; its name fits)": "没有格式能读；最接近的是 json（2 个 JSON 对象，其中 1 个带时间或级别；文件名相符）",
		"compressed data ends early; 1087438 bytes (24911 lines) were kept":                             "压缩数据提前结束；保留了 1087438 字节（24911 行）",
		"line 17": "第 17 行", "byte 285943": "第 285943 字节", "": "",
		"2017: from the dates in a.log, and before b.log; against it the file's time 2019-03-02: 2019": "2017：依据 a.log 中的日期，且在 b.log 之前；与之不符的有文件时间 2019-03-02：2019",
		"symbolic link to /etc/passwd; not followed":                                                   "指向 /etc/passwd 的符号链接；未跟随",
		"what no stock has":          "what no stock has",
		"line 17; what no stock has": "第 17 行；what no stock has",
		"its clock is +2.104s ahead of that of zk1, give or take 0.4ms: 214 joins; 3 contradict the others and are left out": "其时钟比 zk1 快 +2.104s，误差 0.4ms：214 处关联；3 处与其余矛盾，未采用",
		"time goes back by 3h0m0s at line 17: a clock that was set, or files put together":                                   "时间在第 17 行处倒退 3h0m0s：时钟被调整，或由多个文件拼成",
	} {
		if got := inLang(en, "zh"); got != zh {
			t.Errorf("%q is\n%q, want\n%q", en, got, zh)
		}
		if got := inLang(en, "en"); got != en {
			t.Errorf("English: %q", got)
		}
	}
}

// A text that fits in very many ways is given up, not pondered.
func TestChineseIsBounded(t *testing.T) {
	for _, s := range []string{strings.Repeat("a: ", 2000), strings.Repeat("from x, and ", 300), strings.Repeat("(", 4000) + "; x", strings.Repeat("zone : ", 500), strings.Repeat("; ", 2000)} {
		inLang(s, "zh")
	}
}

func FuzzChinese(f *testing.F) {
	for _, p := range slices.Concat(phrasesOfFormats, phrasesOfBundles, phrasesOfClocks, phrasesOfCaptures) {
		f.Add(p.en)
	}
	f.Fuzz(func(_ *testing.T, s string) { inLang(s, "zh") })
}

// Every phrase is reached, and quotes in Chinese what it quotes in English.
func TestPhrases(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range slices.Concat(phrasesOfFormats, phrasesOfBundles, phrasesOfClocks, phrasesOfCaptures) {
		if seen[p.en] {
			t.Errorf("%q stands twice", p.en)
		}
		seen[p.en] = true
		if n := strings.Count(p.en, "{"); n != strings.Count(p.zh, "{") {
			t.Errorf("%q has %d places, %q others", p.en, n, p.zh)
		}
		if proseIn(p.zh) != "" {
			t.Errorf("%q says %q in English", p.en, p.zh)
		}
	}
}

// prose is four English words in a row, which no identifier, path or unit is.
var prose = regexp.MustCompile(`(?:^|[\s(（：；，。])[A-Za-z]?[a-z']+ [a-z']+ [a-z']+ [a-z']+`)

// quoted is what a text quotes, and commands in brackets.
var quotedText = regexp.MustCompile("\"[^\"]*\"|“[^”]*”|`[^`]*`|（[ -~]*）")

// proseIn returns the English that a Chinese text says.
func proseIn(s string) string {
	return strings.TrimSpace(prose.FindString(quotedText.ReplaceAllString(s, "")))
}

// Whatever a Chinese report says by itself it says in Chinese: sentences of all
// fixtures, one bundle of all formats among them.
func TestChineseReports(t *testing.T) {
	dir := t.TempDir()
	cases, err := fixtures.Under("../fixtures/formats")
	if err != nil || len(cases) < 60 {
		t.Fatalf("%d cases: %v", len(cases), err)
	}
	incidents, err := fixtures.Under("../fixtures/bundles")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range append(cases, incidents...) {
		to := filepath.Join(dir, strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(c.Path), "../fixtures/"), ".txtar"))
		if err := c.Write(to); err != nil {
			t.Fatal(err)
		}
	}
	paths := []string{dir, "../fixtures/bundles/zookeeper-churn/zookeeper-churn.tgz", "../fixtures/bundles/healthy-busy/healthy-busy.tgz"}
	result, err := forensic.Analyze(context.Background(), paths, forensic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	gaps := map[string]bool{}
	for _, s := range ownWords(New(result, Options{Lang: "zh"})) {
		if p := proseIn(s); p != "" && !gaps[p] {
			gaps[p] = true
			t.Errorf("%q is English in\n%s", p, s)
		}
	}
}

// ownWords is what a report says by itself: everything but quotations, names and
// values.
func ownWords(r *Report) []string {
	var all []string
	add := func(s ...string) { all = append(all, s...) }
	for _, h := range r.Hosts {
		add(h.Why...)
	}
	problems := func(ps []Problem) {
		for _, p := range ps {
			add(p.What, p.At)
		}
	}
	for _, in := range r.Inputs {
		problems(in.Problems)
	}
	for i := range r.Sources {
		s := &r.Sources[i]
		add(s.Why, s.Year, s.Taken, s.HostWhy)
		add(s.Notes...)
		problems(s.Problems)
	}
	for _, s := range r.Skipped {
		add(s.Why)
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		add(f.Title, f.Say, f.Because, f.Impact, f.Open)
		add(f.RuledOut...)
		add(f.Masks...)
		for _, s := range f.Next {
			add(s.Do, s.Risk, s.Verify)
		}
		for _, c := range f.Avoid {
			add(c.Do, c.Why, c.Applied)
		}
		for _, c := range f.Coincides {
			add(c.Say)
		}
		for _, t := range f.Tried {
			add(t.Say)
		}
	}
	for _, c := range r.Chains {
		add(c.Say, c.Refute)
	}
	for _, o := range r.Observations {
		add(o.Say)
	}
	for _, n := range r.Coverage.RulesNotRun {
		add(n.Why)
	}
	return append(all, r.Coverage.LimitsHit...)
}
