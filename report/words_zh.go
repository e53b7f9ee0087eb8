package report

var chinese = words{
	WhatHappened: "发生了什么", Together: "因果关系", Findings: "发现", Clocks: "时钟", Read: "已读取", NotRead: "未读取",
	Problems: "已读取内容中的问题", RulesNotRun: "无法运行的规则", Limits: "触及的上限",

	Interrupted: "已中断：只读取了部分输入，以下结论仅基于这一部分。",
	To:          "至", ZoneUnknown: "按原文（时区未知）", SomeZone: "时区未知", Untimed: "没有时间",

	Nothing:      "在%s中没有规则命中；运行了%s。",
	NothingFloor: "有 %d 个发现，严重程度均低于所要求的级别。",
	Loudest:      "级别为 error 或 critical 的记录共 %s 条，其中最多的是 %s（%s 条）。",
	Quietness:    "也没有级别为 error 或 critical 的记录。",
	Explains:     "它解释了 %s。",
	Besides:      "此外：%s",
	More:         "下面还有 %d 个发现。",
	Blind:        "以上结论未涵盖（详见末尾）：%s。",
	BlindMembers: "未读取的成员 %s 个", BlindProblems: "已读取内容中的问题 %s 个",
	BlindRules: "无法运行的规则 %s 条", BlindLimits: "触及的上限 %s 个",

	Critical: "致命", Error: "错误", Warning: "警告", Info: "提示",
	Times: "%s 次", TimesSure: "约 %s 次（确定的有 %s 次）",
	Confidence: map[string]string{"low": "可信度低", "medium": "可信度中", "high": "可信度高"},
	OpenFor:    "未定：%s", OpenWord: "未定",

	Why: "原因", Impact: "影响", Next: "下一步", Avoid: "不要", RuledOut: "已排除", Facts: "事实", OverTime: "时间分布",
	Evidence: "证据", Refs: "参见", CausedBy: "起因", ExplainsIDs: "解释了", StandsFor: "涵盖", Beside: "同时", Tried: "已尝试",

	Risk: "风险：", Verify: "验证：", Applied: "已经这样做过：",
	Strength: map[string]string{"coincides": "时间吻合，未经证实", "explains": "可以解释", "proves": "已证实"},
	Observed: "规则之外的观察", ObservedAs: "仅为观察，不是原因", SeeFindings: "这些记录属于 %s",
	Effect: map[string]string{
		"unknown": "不清楚是否有效", "stopped": "此后停止", "fewer": "此后缓解", "same": "没有变化", "more": "此后加剧",
	},
	Series: "步长 %s，每步最多 %s",

	MoreEvidence: "另有 %d 条见 JSON 报告；-v 显示全部", MoreLines: "…… 省略 %d 行 ……", MoreCharacters: "…… 还有 %d 个字符",
	Packet: "第 %d 个报文", NoText: "（未保留原文）",

	Fast: "快 %s", Slow: "慢 %s", Agrees: "误差在 %s 以内", Reference: "其他时钟的参照", NotCompared: "未与其他时钟比较",
	By: "依据 %d 个对应", UnknownZone: "时区未知", WrittenZone: "每个时间戳自带时区", NoHost: "（主机未知）", AlsoCalled: "又名 %s",

	Source: [2]string{"个来源", "个来源"}, Line: [2]string{"行", "行"}, Event: [2]string{"条记录", "条记录"},
	Packets: [2]string{"个报文", "个报文"}, Rule: [2]string{"条规则", "条规则"}, Input: [2]string{"个输入", "个输入"},
	MoreSources: "以及另外 %d 个没有问题的来源（-v 列出全部）", Sections: "其中各段按 %s 读取", Duplicate: "与 %s 内容相同，只计一次",
	UnparsedLines: "%s未能理解", Account: "%s 字节 = 记录 %s + 未理解 %s + 略去 %s",
	AccountLines: "%s 行 = 记录 %s + 未理解 %s", AccountPackets: "%s 个包 = 已解码 %s + 部分解码 %s + 未解码 %s",
	AccountMembers: "%s 个成员 = 已读 %s + 未读 %s",
	RulesRan:       "运行了 %d 条规则，%d 条无法运行。", OnlyNotes: "没有规则发现警告或错误；运行了 %s，以下仅为提示。", MoreInJSON: "另有 %d 项见 JSON 报告。", Semicolon: "；", Join: "、", Colon: "：", Stop: "。",
}
