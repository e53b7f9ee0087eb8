package parsers

import (
	"strings"

	"forensic/event"
)

// levelAt reads a level word in either case at the start of s, and returns how
// long it is: 0 where what stands there is no level, or goes on.
func levelAt(s string) (event.Level, int) {
	if s == "" {
		return event.NoLevel, 0
	}
	c := s[0] | 0x20
	if c < 'a' || c > 'z' {
		if s[0] >= 0xc3 {
			return localLevelAt(s)
		}
		return event.NoLevel, 0
	}
	n := 1
	for n < len(s) && n < 14 && (s[n]|0x20)-'a' <= 25 {
		n++
	}
	if n < len(s) && (s[n] == '_' || s[n] >= 0x80) || n > 13 || n < 3 {
		return event.NoLevel, 0
	}
	if n < len(s) && isDigit(s[n]) {
		if n == 5 && folded(s[:5], "debug") && (n+1 == len(s) || !isWord(s[n+1])) { // PostgreSQL's DEBUG1
			return event.Debug, 6
		}
		return event.NoLevel, 0
	}
	l := levelWord(s[:n])
	if l == event.NoLevel {
		n = 0
	}
	return l, n
}

// levelWord reads a level that is the whole word, in either case.
func levelWord(w string) event.Level {
	if len(w) < 3 || len(w) > 13 {
		return event.NoLevel
	}
	switch w[0] | 0x20 {
	case 'i':
		if folded(w, "info") || folded(w, "information") || folded(w, "inf") || folded(w, "informational") || folded(w, "infos") {
			return event.Info
		}
	case 'w':
		if folded(w, "warn") || folded(w, "warning") || folded(w, "wrn") || folded(w, "warnung") || w == "WARNI" {
			return event.Warning
		}
	case 'e':
		if folded(w, "error") || folded(w, "err") || w == "ERRO" || w == "eror" { // cut to four letters: logrus, Supervisor, Grafana
			return event.Error
		}
		if folded(w, "emerg") || folded(w, "emergency") {
			return event.Critical
		}
	case 'd':
		if folded(w, "debug") || folded(w, "dbg") || w == "dbug" || w == "DEBU" || w == "DDEBUG" {
			return event.Debug
		}
	case 't':
		if folded(w, "trace") || folded(w, "trc") || w == "trce" {
			return event.TraceLevel
		}
	case 'f':
		switch {
		case folded(w, "fatal"), folded(w, "ftl"), w == "FATA":
			return event.Critical
		case folded(w, "fine"):
			return event.Debug
		case folded(w, "finer"), folded(w, "finest"):
			return event.TraceLevel
		case folded(w, "failure"), w == "fail":
			return event.Error
		}
	case 'c':
		switch {
		case folded(w, "critical"), folded(w, "crit"), w == "CRITI":
			return event.Critical
		case w == "CONFIG":
			return event.Debug
		}
	case 'n':
		if folded(w, "notice") || w == "Note" || w == "NOTE" {
			return event.Notice
		}
	case 's':
		switch {
		case folded(w, "severe"), folded(w, "schwerwiegend"):
			return event.Error
		case w == "SUBDEBUG":
			return event.Debug
		case w == "SUCCESS":
			return event.Info
		}
	case 'v':
		if folded(w, "verbose") || folded(w, "vrb") {
			return event.TraceLevel
		}
	case 'l':
		if w == "LOG" { // PostgreSQL and its relatives
			return event.Info
		}
	case 'p':
		if folded(w, "panic") {
			return event.Critical
		}
	case 'a':
		switch {
		case folded(w, "alert"):
			return event.Critical
		case folded(w, "avertissement"), folded(w, "advertencia"):
			return event.Warning
		case w == "AUDIT":
			return event.Info
		}
	case 'g':
		if w == "GRAVE" {
			return event.Error
		}
	}
	return event.NoLevel
}

// folded tells whether w is the lower-case word low in either case.
func folded(w, low string) bool {
	if len(w) != len(low) {
		return false
	}
	for i := 0; i < len(w); i++ {
		if w[i]|0x20 != low[i] {
			return false
		}
	}
	return true
}

// localLevels are what java.util.logging prints in other languages.
var localLevels = [...]struct {
	word  string
	level event.Level
}{
	{"信息", event.Info}, {"情報", event.Info}, {"警告", event.Warning}, {"严重", event.Error}, {"嚴重", event.Error},
	{"致命的", event.Error}, {"致命", event.Critical}, {"错误", event.Error}, {"錯誤", event.Error}, {"エラー", event.Error},
	{"详细", event.Debug}, {"调试", event.Debug}, {"配置", event.Debug}, {"构成", event.Debug}, {"構成", event.Debug}, {"较详细", event.TraceLevel}, {"非常详细", event.TraceLevel},
	{"정보", event.Info}, {"경고", event.Warning}, {"심각", event.Error}, {"предупреждение", event.Warning}, {"ПРЕДУПРЕЖДЕНИЕ", event.Warning}, {"СЕРЬЕЗНЫЙ", event.Error},
}

func localLevelAt(s string) (event.Level, int) {
	for i := range localLevels {
		if w := localLevels[i].word; strings.HasPrefix(s, w) && (len(s) == len(w) || s[len(w)] < 0x80 && !isWord(s[len(w)]) || strings.HasPrefix(s[len(w):], "：")) {
			return localLevels[i].level, len(w)
		}
	}
	return event.NoLevel, 0
}

// levelLetter reads a level of one letter, as klog, Android and MongoDB write
// it.
func levelLetter(c byte) event.Level {
	switch c {
	case 'I', 'i':
		return event.Info
	case 'W', 'w':
		return event.Warning
	case 'E', 'e':
		return event.Error
	case 'F', 'f', 'C', 'c', 'A':
		return event.Critical
	case 'D', 'd':
		return event.Debug
	case 'V', 'v', 'T', 't':
		return event.TraceLevel
	case 'N', 'n':
		return event.Notice
	}
	return event.NoLevel
}
