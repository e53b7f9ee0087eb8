package parsers

import (
	"strings"

	"forensic/event"
)

// The levels of java.util.logging in every language that the JDK speaks, as
// they stand at the start of a record's second line. Some are several words, and
// some mean in one language what another says of something else: a level is
// what stands before the colon, all of it.
var julLevels = [...]struct {
	words string
	level event.Level
}{
	{"INFORMATION", event.Info}, {"INFORMACIÓN", event.Info}, {"INFOS", event.Info}, {"INFORMAZIONI", event.Info}, {"INFORMAZIONE", event.Info}, {"INFORMAÇÕES", event.Info},
	{"資訊", event.Info}, {"情報", event.Info}, {"信息", event.Info}, {"정보", event.Info},
	{"WARNUNG", event.Warning}, {"ADVERTENCIA", event.Warning}, {"AVERTISSEMENT", event.Warning}, {"AVVERTENZA", event.Warning}, {"ADVERTÊNCIA", event.Warning}, {"VARNING", event.Warning},
	{"警告", event.Warning}, {"경고", event.Warning},
	{"SCHWERWIEGEND", event.Error}, {"GRAVE", event.Error}, {"ALLVARLIG", event.Error}, {"重大", event.Error}, {"심각", event.Error}, {"严重", event.Error}, {"嚴重", event.Error}, {"致命的", event.Error},
	{"KONFIGURATION", event.Debug}, {"KONFIG", event.Debug}, {"CONFIGURAR", event.Debug}, {"CONFIGURAZIONE", event.Debug}, {"CONFIGURAÇÃO", event.Debug}, {"構成", event.Debug}, {"구성", event.Debug}, {"配置", event.Debug}, {"組態", event.Debug},
	{"FEIN", event.Debug}, {"DETALLADO", event.Debug}, {"PRÉCIS", event.Debug}, {"BUONO", event.Debug}, {"DETALHADO", event.Debug}, {"FIN", event.Debug}, {"普通", event.Debug}, {"미세", event.Debug}, {"详细", event.Debug},
	{"FEINER", event.TraceLevel}, {"MUY DETALLADO", event.TraceLevel}, {"PLUS PRÉCIS", event.TraceLevel}, {"MIGLIORE", event.TraceLevel}, {"MAIS DETALHADO", event.TraceLevel}, {"FINARE", event.TraceLevel}, {"보다 미세", event.TraceLevel}, {"较详细", event.TraceLevel}, {"較詳細", event.TraceLevel},
	{"AM FEINSTEN", event.TraceLevel}, {"MÁS DETALLADO", event.TraceLevel}, {"LE PLUS PRÉCIS", event.TraceLevel}, {"OTTIMALE", event.TraceLevel}, {"O MAIS DETALHADO", event.TraceLevel}, {"FINASTE", event.TraceLevel},
	{"最も詳細", event.TraceLevel}, {"가장 미세", event.TraceLevel}, {"非常详细", event.TraceLevel}, {"最詳細", event.TraceLevel},
	{"詳細", event.Debug}, // Japanese says it of FINER and the Chinese of Taiwan of FINE
}

// julLevel takes "WARNING: text", "INFOS : text" and "信息：text" apart.
func julLevel(line string) (event.Level, string, bool) {
	if l, n := levelAt(line); n > 0 {
		if text, ok := levelText(line[n:]); ok {
			return l, text, true
		}
	}
	end := strings.IndexByte(line[:min(len(line), 32)], ':')
	if wide := strings.Index(line[:min(len(line), 32)], "："); end < 0 || wide >= 0 && wide < end {
		end = wide
	}
	if end < 3 || line[end-1] >= 'a' && line[end-1] <= 'z' {
		return event.NoLevel, "", false
	}
	words := strings.TrimRight(strings.TrimSuffix(line[:end], "\u00a0"), " ")
	for i := range julLevels {
		if julLevels[i].words == words {
			text, ok := levelText(line[end:])
			return julLevels[i].level, text, ok
		}
	}
	return event.NoLevel, "", false
}

// levelText returns the message behind "INFO: ", "INFOS : " or "信息：".
func levelText(s string) (string, bool) {
	s = strings.TrimLeft(s, " \u00a0")
	if rest, ok := strings.CutPrefix(s, ":"); ok {
		return strings.TrimLeft(rest, " "), true
	}
	return strings.CutPrefix(s, "：")
}
