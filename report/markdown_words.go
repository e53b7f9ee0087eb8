package report

import "cmp"

// markdownWords are the words of the templates: English, Chinese.
var markdownWords = map[string][2]string{
	"postmortem":        {"Postmortem", "事故复盘"},
	"nothing found":     {"no rule found anything", "没有规则命中"},
	"status":            {"Status", "状态"},
	"status todo":       {"draft, in review or final", "草稿、评审中或定稿"},
	"authors":           {"Authors", "作者"},
	"authors todo":      {"who wrote this, and who reviewed it", "撰写人与评审人"},
	"period":            {"Period of the evidence", "证据覆盖时段"},
	"input":             {"Input", "输入"},
	"severity":          {"Severity", "严重程度"},
	"summary":           {"Summary", "摘要"},
	"impact":            {"Impact", "影响"},
	"impact todo":       {"who was affected, for how long, and what it cost them", "受影响的用户、持续时间与损失"},
	"in numbers":        {"In numbers, from the evidence:", "证据中的数字："},
	"times":             {"times", "次"},
	"once":              {"once", "1 次"},
	"detection":         {"Detection", "发现方式"},
	"detection todo":    {"how it was noticed, when and by whom; which alert should have told it", "如何、何时、由谁发现；本应由哪个告警发现"},
	"trigger":           {"Trigger", "触发因素"},
	"trigger todo":      {"what changed shortly before", "事发前不久有什么变更"},
	"earliest":          {"The earliest sign in the evidence is of", "证据中最早的迹象出现于"},
	"root cause":        {"Root cause", "根本原因"},
	"root todo":         {"the evidence names no cause", "证据未指明原因"},
	"confidence":        {"Confidence", "可信度"},
	"contributing":      {"Contributing causes and consequences", "促成因素与后果"},
	"caused by":         {"brought about by", "起因"},
	"open":              {"Not settled", "未定"},
	"timeline":          {"Timeline", "时间线"},
	"utc":               {"UTC", "UTC"},
	"local":             {"Local time", "当地时间"},
	"host":              {"Host", "主机"},
	"what":              {"What the source says", "原文"},
	"where":             {"Where", "位置"},
	"finding":           {"Finding", "发现"},
	"left out":          {"%d more lines of evidence are left out here; the JSON report has all of them.", "此处省略 %d 行证据；JSON 报告中有全部内容。"},
	"findings left out": {"%d more findings are left out; the JSON report has all of them.", "省略另外 %d 个发现；JSON 报告中有全部内容。"},
	"done":              {"What was done, and whether it helped", "已采取的措施及效果"},
	"done todo":         {"what people did, in order, and what each step changed", "按顺序写明所做的操作及其效果"},
	"evidence shows":    {"The evidence shows that this was done, and it is not advised:", "证据显示做过以下操作，而不建议这样做："},
	"resolution":        {"Resolution", "解决"},
	"resolution todo":   {"what ended it, and how that was verified", "如何结束以及如何验证"},
	"actions":           {"Action items", "改进项"},
	"action":            {"Action", "行动"},
	"verify":            {"How to see that it helped", "验证方法"},
	"risk":              {"Risk", "风险"},
	"owner":             {"Owner", "负责人"},
	"due":               {"Due", "期限"},
	"avoid":             {"Do not", "不要做"},
	"well":              {"What went well", "做得好的地方"},
	"well todo":         {"what worked, and where luck helped", "哪些做法有效，哪里只是运气"},
	"evidence":          {"Evidence", "证据"},
	"limits":            {"Assumptions and limits", "假设与局限"},
	"clocks":            {"Clocks", "时钟"},
	"not read":          {"Not read", "未读取"},
	"problems":          {"Problems in what was read", "已读取内容中的问题"},
	"rules not run":     {"Rules that could not run", "无法运行的规则"},
	"limits hit":        {"Limits reached", "触及的上限"},
	"ruled out":         {"Ruled out", "已排除"},
	"facts":             {"Facts", "事实"},
	"interrupted":       {"The run was interrupted: only part of the input was read.", "分析被中断：只读取了部分输入。"},
	"made by":           {"Draft made by forensic from the input named above. What only people know is marked TODO.", "由 forensic 根据上述输入生成的草稿；只有人才知道的内容标为 TODO。"},
	"next":              {"Next", "下一步"},
	"see":               {"See", "参见"},
	"low":               {"low", "低"},
	"medium":            {"medium", "中"},
	"high":              {"high", "高"},
	"why":               {"Why", "原因"},
	"product":           {"Product", "产品型号"},
	"product todo":      {"model", "产品型号"},
	"versions":          {"Versions concerned", "涉及版本"},
	"versions todo":     {"versions", "涉及版本"},
	"problem":           {"Description", "问题描述"},
	"analysis":          {"Analysis", "原因分析"},
	"workaround":        {"Workaround", "规避措施"},
	"solution":          {"Solution", "解决方案"},
	"solution todo":     {"the version or patch that fixes it", "修复该问题的版本或补丁"},
	"background":        {"Background", "背景"},
	"background todo":   {"which service, which release, what was normal", "涉及的业务与版本、正常情况"},
	"process":           {"What happened, in order", "事件经过与处理"},
	"five whys":         {"Asking why", "追问为什么"},
	"five whys todo":    {"why was this possible, and why was it not noticed earlier", "为什么会发生、为什么没有更早发现"},
	"lessons":           {"Lessons", "经验教训"},
	"lessons todo":      {"what to keep, and what to change", "应保持什么、应改变什么"},
	"responsible":       {"Owner", "责任人"},
	"no step known":     {"the rules know no step for this", "规则没有给出相应措施"},
	"so many rules":     {"%d of %d could not run, for want of what they look at; the JSON report has each reason", "共 %[2]d 条，其中 %[1]d 条因缺少所需内容而无法运行，原因见 JSON 报告"},
	"seen":              {"Seen without a rule: observations, not causes", "规则之外的观察：仅为观察，不是原因"},
	"was done":          {"This was done", "已经这样做过"},
	"beside":            {"Beside", "同时"},
	"tried":             {"Done while it stood", "期间所做的操作"},
	"not compared":      {"not compared", "未比较"},
}

// englishStops are what Chinese stops are in English.
var englishStops = map[string]string{"：": ": ", "，": ", ", "；": "; ", "。": ". ", "、": ", "}

// stop returns a Chinese stop in the language of the report.
func (p *page) stop(s string) string {
	if p.lang == "zh" {
		return s
	}
	return cmp.Or(englishStops[s], s)
}

// paren puts a text in brackets; of nothing it makes nothing.
func (p *page) paren(s string) string {
	switch {
	case s == "":
		return ""
	case p.lang == "zh":
		return "（" + s + "）"
	}
	return " (" + s + ")"
}

// times says how often.
func (p *page) times(n int) string {
	if n == 1 {
		return p.word("once")
	}
	return thousands(int64(n)) + " " + p.word("times")
}

// level is a confidence in one word.
func (p *page) level(s string) string { return p.word(s) }

// word returns a word of a template in the language of the report, or the name
// itself where there is none.
func (p *page) word(name string) string {
	w, ok := markdownWords[name]
	switch {
	case !ok:
		return name
	case p.lang == "zh":
		return w[1]
	}
	return w[0]
}
