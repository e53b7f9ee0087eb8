package timeline

import "fmt"

// Limits says, in English and Chinese, which bounds of what is remembered were
// reached, so that nobody takes what lies beyond for absent.
func (t *Timeline) Limits() []map[string]string {
	var all []map[string]string
	reached := func(n int, en, zh string, args ...any) {
		if n > 0 {
			args = append([]any{n}, args...)
			all = append(all, map[string]string{"en": fmt.Sprintf(en, args...), "zh": fmt.Sprintf(zh, args...)})
		}
	}
	unheard, unnamed, bare := 0, 0, 0
	for _, l := range t.lanes {
		unheard, bare = unheard+l.unheard, bare+l.side.bare
		unnamed += l.hosts.over
	}
	unlisted, writers, bound := 0, 0, 0
	for _, p := range t.places {
		unlisted += p.tally.unlisted
		if c := p.clockFor(p.host); len(p.tally.folds) == maxFolds && c != nil && len(c.legs) > 1 {
			writers++
		}
		if rel := p.tally.rel; rel >= maxYears || rel <= -maxYears {
			bound++
		}
	}
	reached(t.uncompared, "%d clocks were not compared with others: those of the %d that share most connections, sessions and requests were",
		"%d 个时钟未与其他时钟比较：只比较共享连接、会话和请求最多的 %d 个", maxFaces)
	reached(unheard, "%d statements of times, zones, names and addresses were not heard: of one reader the first %d are",
		"%d 条关于时间、时区、名称和地址的陈述未被采用：每个读取线程只保留前 %d 条", maxStatements)
	reached(unnamed, "%d records name hosts beyond the first %d, which are taken as written and not merged with other names",
		"%d 条记录中的主机超出前 %d 个，按原样保留，不与其他名称合并", maxHosts)
	reached(unlisted, "%d rows of snapshots were not used to tell hosts and the order of snapshots: of one source %d addresses and %d objects are",
		"%d 行快照未用于判断主机和快照顺序：每个来源只用 %d 个地址和 %d 个对象", maxLocals, maxAges)
	reached(writers, "in %d sources time goes back more than %d times; which records are of before and which of after is not told apart there",
		"%d 个来源中时间倒退超过 %d 次；其中不再区分倒退前后的记录", maxFolds)
	reached(bound, "in %d sources New Year or midnight passes more than %d times; years or days are not counted beyond",
		"%d 个来源跨年或跨日超过 %d 次；之后不再累计年份或日期", maxYears)
	reached(bare, "%d records are kept without the lines around them: %d stretches of lines are remembered",
		"%d 条记录未保留上下文行：最多记住 %d 段", maxChunks)
	reached(int(t.textless.Load()), "%d events are kept without their text: the temporary space is nearly used up",
		"%d 个事件未保留文本：临时空间即将用尽")
	return all
}
