package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"forensic"
	"forensic/rules"
)

// whole says what the rule looks for.
func (x *explainer) whole() {
	r := x.rule
	x.line(0, "", fmt.Sprintf("%s: %s (%s)", r.Name, x.title(), r.Severity))
	x.part(x.or("It looks for:", "它查找："))
	x.selections(r.Select)
	x.part(x.or("It fires when:", "命中条件："))
	x.line(2, "", x.fires())
	x.line(2, "", x.ends())
	if len(r.Context) > 0 {
		x.part(x.or("Where these are there, they explain, and trigger nothing:", "以下内容存在时用于说明，不会触发："))
		x.selections(r.Context)
	}
	if s := x.trust(); s != "" {
		x.part(x.or("How sure it is:", "可信度："))
		x.line(2, "", s)
	}
	if len(r.Causes)+len(x.causedBy()) > 0 {
		x.part(x.or("What it is tied to:", "与其他规则的关系："))
		for _, c := range r.Causes {
			x.line(2, "- ", x.cause(x.or("can bring about %s", "可能导致 %s"), c.Rule, &c))
		}
		for _, name := range x.causedBy() {
			x.line(2, "- ", fmt.Sprintf(x.or("can be brought about by %s", "可能由 %s 导致"), name))
		}
	}
	for _, name := range r.Masks {
		x.line(2, "- ", fmt.Sprintf(x.or("stands for %s where both fire", "与 %s 同时命中时代表它"), name))
	}
	x.part(x.or("Formats that tell of it:", "能提供这些记录的格式："))
	x.line(2, "", strings.Join(x.formats(), ", "))
	if r.File != "" {
		x.part(x.or("Its file: ", "规则文件：") + r.File)
	}
}

func (x *explainer) part(title string) {
	fmt.Fprintln(x.p.stdout)
	x.line(0, "", title)
}

// selections prints what each takes, with what its kinds are.
func (x *explainer) selections(all []rules.Selection) {
	docs := map[string]string{}
	for _, k := range forensic.Kinds() {
		if docs[k.Name] == "" {
			docs[k.Name] = k.Doc
		}
	}
	for i := range all {
		s := &all[i]
		name, text, _ := strings.Cut(selectionText(s), " ")
		x.line(2, name+" ", text)
		for _, k := range s.Kinds {
			if docs[k] != "" {
				x.line(4, k+": ", docs[k])
			}
		}
	}
}

// fires says in a sentence when the rule fires.
func (x *explainer) fires() string {
	r := x.rule
	m := &r.Match
	var names []string
	for _, n := range m.Names {
		name := n.Selection
		if n.Optional {
			name += x.or(" (if it is there)", "（可缺）")
		}
		names = append(names, name)
	}
	list := strings.Join(names, x.or(", ", "、"))
	var s string
	switch m.Op {
	case rules.Any:
		s = fmt.Sprintf(x.or("one %s is enough", "出现一次 %s 即可"), strings.Join(names, x.or(" or ", " 或 ")))
	case rules.Count:
		s = fmt.Sprintf(x.or("%d of %s come%s", "%[2]s 出现 %[1]d 次%[3]s"), m.AtLeast, strings.Join(names, x.or(" or ", " 或 ")), x.during(m.Within))
		if m.Distinct != "" {
			s = fmt.Sprintf(x.or("%s come with %d different values of %s%s", "%s 出现 %d 个不同的 %s%s"), list, m.AtLeast, m.Distinct, x.during(m.Within))
		}
	case rules.Sequence:
		s = fmt.Sprintf(x.or("%s follow each other%s", "%s 依次出现%s"), list, x.during(m.Within))
	case rules.Absence:
		s = fmt.Sprintf(x.or("%s comes and no %s%s, while a source that would show it was watching", "出现 %s 而%[3]s没有 %[2]s，且当时有来源能够显示它"), names[0], names[1], x.during(m.Within))
	case rules.Join:
		s = fmt.Sprintf(x.or("%s all come, in any order%s", "%s 全部出现，顺序不限%s"), list, x.during(m.Within))
	case rules.Growth:
		s = fmt.Sprintf(x.or("%s only rises over %d values", "%s 连续 %d 个值只升不降"), valueText(m.Of), m.Points)
		if m.Rise > 0 {
			s += fmt.Sprintf(x.or(", by %s at least", "，至少上升 %s"), number(m.Rise))
		}
	case rules.Limit:
		s = fmt.Sprintf(x.or("%s is at least %s times %s", "%s 至少为 %[3]s 的 %[2]s 倍"), valueText(m.Use), number(m.Share), valueText(m.Of))
	}
	s += x.per(m.By)
	if p := m.Repeat; p != nil {
		s += fmt.Sprintf(x.or(", and that %d times at least%s%s", "，并且至少 %d 次%s%s"), p.AtLeast, x.during(p.Within), x.per(p.By))
	}
	if u := r.Unless; u != nil {
		s += fmt.Sprintf(x.or("; not where the times between vary by less than %s %% and are longer than %s, as a health check's do", "；间隔变化小于 %s %% 且长于 %s（如健康检查）时除外"), number(100*u.Variation), short(u.Slower))
	}
	if r.Baseline > 0 {
		s += fmt.Sprintf(x.or("; only where the busiest minute has %s times what the median minute before it had", "；仅当最忙的一分钟达到此前中位数的 %s 倍"), number(r.Baseline))
	}
	if len(r.OnlyWith) > 0 {
		s += fmt.Sprintf(x.or("; only where there is %s", "；仅当存在 %s"), strings.Join(r.OnlyWith, ", "))
	}
	return s + x.or(".", "。")
}

func (x *explainer) during(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return fmt.Sprintf(x.or(" within %s", "（%s 之内）"), short(d))
}

// short writes a length of time without its zeros.
func short(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= day && d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	s := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(s, zero) {
			s = s[:len(s)-2]
		}
	}
	return s
}

func (x *explainer) per(by []string) string {
	if len(by) == 0 {
		return ""
	}
	return fmt.Sprintf(x.or(", each %s for itself", "（按 %s 分别计算）"), strings.Join(by, x.or(" and ", "、")))
}

// ends says when a finding is over.
func (x *explainer) ends() string {
	if p := x.rule.Pause(); p > 0 {
		return fmt.Sprintf(x.or("It is the same finding until %s pass without another.", "若 %s 内没有再出现，该发现即告结束。"), short(p))
	}
	return x.or("All of it is one finding, however long the pauses.", "无论间隔多长，都算同一个发现。")
}

func (x *explainer) trust() string {
	t := &x.rule.Trust
	s := fmt.Sprintf(x.or("%s", "%s"), t.Start)
	if len(t.Raise) > 0 {
		s += fmt.Sprintf(x.or("; higher with %s", "；有 %s 时更高"), strings.Join(t.Raise, ", "))
	}
	if len(t.Lower) > 0 {
		s += fmt.Sprintf(x.or("; lower with %s", "；有 %s 时更低"), strings.Join(t.Lower, ", "))
	}
	if x.rule.Match.Op == rules.Absence {
		s += x.or("; open where nobody was watching", "；无人观察时为未定")
	}
	return s
}

// cause words an edge to another rule.
func (x *explainer) cause(format, name string, c *rules.Cause) string {
	s := fmt.Sprintf(format, name) + x.during(c.Within)
	var same []string
	for _, e := range c.Same {
		if e.Here == e.There {
			same = append(same, e.Here)
		} else {
			same = append(same, e.Here+"="+e.There)
		}
	}
	if len(same) > 0 {
		s += fmt.Sprintf(x.or(", of the same %s", "，相同的 %s"), strings.Join(same, ", "))
	}
	return s + " (" + c.Strength.String() + ")"
}

// causedBy lists the rules that can bring this one about.
func (x *explainer) causedBy() []string {
	var names []string
	for i := range x.all {
		for j := range x.all[i].Causes {
			if c := &x.all[i].Causes[j]; c.Rule == x.rule.Name {
				names = append(names, x.all[i].Name+" ("+c.Strength.String()+")")
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// formats lists the formats that declare a kind the rule selects.
func (x *explainer) formats() []string {
	var names []string
	for i := range x.rule.Select {
		s := &x.rule.Select[i]
		if len(s.Kinds) == 0 {
			return []string{x.or("all", "全部")}
		}
		for _, k := range s.Kinds {
			names = append(names, forensic.FormatsOf(k)...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
