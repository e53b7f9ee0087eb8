package report

// A said text is one sentence in each language it is known in. One that reads
// the same in all of them has no language.
type said []saidIn

type saidIn struct{ Lang, Text string }

// say pairs two texts.
func say(en, zh string) said {
	switch {
	case en == "" && zh == "":
		return nil
	case en == zh || zh == "":
		return said{{"", en}}
	case en == "":
		return said{{"", zh}}
	}
	return said{{"en", en}, {"zh", zh}}
}

// htmlWords are what the page says besides the words that all reports share:
// English, Chinese.
var htmlWords = map[string][2]string{
	"both": {"both", "双语"}, "untimed": {english.Untimed, chinese.Untimed}, "interrupted": {english.Interrupted, chinese.Interrupted},
	"story": {"What happened", "发生了什么"}, "chain": {"How it hangs together", "因果关系"}, "timeline": {"Timeline", "时间线"},
	"findings": {"Findings", "发现"}, "clocks": {"Clocks", "时钟"}, "read": {"What was read", "已读取"}, "not read": {"What was not read", "未读取"},
	"problems": {"Problems in what was read", "已读取内容中的问题"}, "rules not run": {"Rules that could not run", "无法运行的规则"}, "limits": {"Limits reached", "触及的上限"},

	"severity": {"Severity", "级别"}, "finding": {"Finding", "发现"}, "host": {"Host", "主机"}, "first": {"First", "首次"}, "count": {"Count", "次数"},
	"zone unknown": {english.SomeZone, chinese.SomeZone}, "weakest": {"weakest link:", "最弱的一环："},
	"proves": {english.Strength["proves"], chinese.Strength["proves"]}, "explains": {english.Strength["explains"], chinese.Strength["explains"]}, "coincides": {english.Strength["coincides"], chinese.Strength["coincides"]},

	"why": {english.Why, chinese.Why}, "impact": {english.Impact, chinese.Impact}, "next": {english.Next, chinese.Next}, "do not": {english.Avoid, chinese.Avoid},
	"ruled out": {english.RuledOut, chinese.RuledOut}, "facts": {english.Facts, chinese.Facts}, "evidence": {english.Evidence, chinese.Evidence}, "refs": {english.Refs, chinese.Refs},
	"caused by": {english.CausedBy, chinese.CausedBy}, "explains it": {english.ExplainsIDs, chinese.ExplainsIDs}, "stands for": {english.StandsFor, chinese.StandsFor},
	"risk": {english.Risk, chinese.Risk}, "check": {english.Verify, chinese.Verify}, "was done": {english.Applied, chinese.Applied}, "arithmetic": {"Counted", "计数"},

	"beside": {english.Beside, chinese.Beside}, "tried": {english.Tried, chinese.Tried}, "observed": {"Seen without a rule", "规则之外的观察"}, "no causes": {english.ObservedAs, chinese.ObservedAs},
	"measures": {"Measured, with limits", "测量值与上限"}, "measure": {"What", "指标"}, "of what": {"Of", "对象"}, "readings": {"Readings", "读数个数"}, "last value": {"Last", "末值"}, "most": {"Highest", "最高"}, "limit": {"Limit", "上限"}, "share": {"Share", "占比"},

	"zone": {"Zone", "时区"}, "offset": {"Offset", "偏差"}, "because": {"How it is known", "依据"}, "no host": {english.NoHost, chinese.NoHost},
	"source": {"Source", "来源"}, "format": {"Format", "格式"}, "records": {"Records", "记录"}, "errors": {"Errors", "错误"}, "from": {"From", "起"}, "to": {"To", "止"}, "notes": {"Notes", "说明"},
}

// scriptWords are what the script says. It takes them from its data, so that
// the translations stand in one place.
var scriptWords = map[string][2]string{
	"search": {"Search findings and evidence", "搜索发现与证据"}, "severity": {"Severity", "级别"}, "host": {"Host", "主机"}, "source": {"Source", "来源"}, "rule": {"Rule", "规则"},
	"all": {"all", "全部"}, "reset": {"Reset", "重置"}, "utc": {"UTC", "UTC"}, "zone": {"local", "当地"}, "relative": {"relative", "相对"},
	"zoneUnknown": {english.SomeZone, chinese.SomeZone}, "noHost": {english.NoHost, chinese.NoHost}, "showing": {"{n} of {m} shown", "显示 {n} / {m}"}, "copy": {"Copy as Markdown", "复制为 Markdown"}, "copied": {"Copied", "已复制"},
	"window": {"Show in timeline", "在时间线中查看"}, "view": {"{from} – {to} ({span}) · wheel or + − zooms, drag or ← → moves, Home shows everything", "{from} – {to}（{span}）· 滚轮或 + − 缩放，拖动或 ← → 移动，Home 显示全部"},
	"critical": {english.Critical, chinese.Critical}, "error": {english.Error, chinese.Error}, "warning": {english.Warning, chinese.Warning}, "info": {english.Info, chinese.Info},
	"records": {"{n} records, {e} errors", "{n} 条记录，其中错误 {e} 条"}, "evidence": {"evidence", "证据"}, "times": {"Times", "时间"}, "failed": {"The timeline could not be drawn: ", "无法绘制时间线："},
	"listed": {"Records in view: {n} listed, of {m} in all; those that a rule asked for are listed", "视图内记录：列出 {n} 条，总共 {m} 条；只列出规则关注的记录"}, "thinned": {"{n} more are left out of this page", "另有 {n} 条未放入本页"},
	"untimed": {"{n} have no time", "{n} 条没有时间"}, "perStep": {"Records in steps of", "记录数，步长"}, "recordsWord": {"records", "记录"}, "limit": {"limit", "上限"},
	"lanes": {"{n} more sources have no events with times, or are filtered out", "另有 {n} 个来源没有带时间的事件，或已被筛除"}, "left": {"{n} marks are left out", "另有 {n} 个标记未显示"},
}

// w looks a word up for the template.
func w(key string) said {
	words, ok := htmlWords[key]
	if !ok {
		return say(key, key)
	}
	return say(words[0], words[1])
}
