package rules

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	filledIn   = regexp.MustCompile(`\{\{.*?\}\}|"[^"]*"|\([^)]*\)`)
	plainWords = regexp.MustCompile(`(?:^|\s)[A-Za-z][a-z]+(?:[.,;:]|\s|$)`)
)

// fewWords is how many words a text may have and still be a command or the name
// of a setting, which are the same in all languages.
const fewWords = 3

// Untranslated names the texts that are the same in Chinese and in English, and
// are no command.
func (r *Rule) Untranslated() []string {
	var out []string
	same := func(name string, en, zh Text) {
		if en.Empty() || en.Source != zh.Source {
			return
		}
		text := strings.ReplaceAll(filledIn.ReplaceAllString(en.Source, " "), " ", "  ")
		if len(plainWords.FindAllString(text, -1)) > fewWords {
			out = append(out, name)
		}
	}
	same("title", r.En.Title, r.Zh.Title)
	same("say", r.En.Say, r.Zh.Say)
	same("because", r.En.Because, r.Zh.Because)
	same("impact", r.En.Impact, r.Zh.Impact)
	for i := range min(len(r.En.Next), len(r.Zh.Next)) {
		a, b := &r.En.Next[i], &r.Zh.Next[i]
		same(fmt.Sprintf("next %d, do", i+1), a.Do, b.Do)
		same(fmt.Sprintf("next %d, risk", i+1), a.Risk, b.Risk)
		same(fmt.Sprintf("next %d, verify", i+1), a.Verify, b.Verify)
	}
	for i := range min(len(r.En.Avoid), len(r.Zh.Avoid)) {
		same(fmt.Sprintf("avoid %d, do", i+1), r.En.Avoid[i].Do, r.Zh.Avoid[i].Do)
		same(fmt.Sprintf("avoid %d, why", i+1), r.En.Avoid[i].Why, r.Zh.Avoid[i].Why)
	}
	for i := range min(len(r.En.RuledOut), len(r.Zh.RuledOut)) {
		same(fmt.Sprintf("ruled_out %d", i+1), r.En.RuledOut[i], r.Zh.RuledOut[i])
	}
	return out
}
