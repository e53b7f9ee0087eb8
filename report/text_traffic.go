package report

import (
	"fmt"
	"strings"
	"time"
)

// What is shown of one capture; the JSON report has more.
const (
	fewServices = 8
	fewFailures = 6
)

// traffic tells, of each capture, who was talked to and what became of it.
func (p *printer) traffic() {
	for i := range p.r.Traffic {
		p.capture(&p.r.Traffic[i])
	}
}

func (p *printer) capture(t *Traffic) {
	w := trafficIn(p.r.Lang)
	where := ""
	if len(p.r.Traffic) > 1 {
		where = shown(t.Source)
	}
	p.heading(w.Heading, where)
	if t.Connections == 0 && len(t.Services) == 0 {
		p.para(2, w.None)
		return
	}
	p.para(2, p.outcomes(t, w))
	services := t.Services
	if len(services) > fewServices && !p.style.Verbose {
		services = services[:fewServices]
	}
	for i := range services {
		s := &services[i]
		p.hanging("", "  "+p.paint(bold, shown(s.Server))+"  ", 4, p.service(s, w))
	}
	if n := len(t.Services) - len(services) + t.Left; n > 0 {
		p.colored(dim, 2, fmt.Sprintf(w.MoreServices, n))
	}
	told := map[int]bool{} // by first packet: a story is told once
	failures := t.because("failed")
	all := len(failures)
	if len(failures) > fewFailures && !p.style.Verbose {
		failures = failures[:fewFailures]
	}
	for i := range failures {
		n := &failures[i]
		if i == 0 || n.What != failures[i-1].What {
			p.colored(bold, 2, fmt.Sprintf(w.Failed, n.Times, trafficWord(n.What, w)))
		}
		p.packetLine(n, "", told)
	}
	if n := all - len(failures); n > 0 {
		p.colored(dim, 4, fmt.Sprintf(p.t.MoreEvidence, n))
	}
	for _, why := range []string{"slow_to_open", "slow_to_answer", "longest", "repeated"} {
		list := remarkable(why, t.because(why))
		if len(list) == 0 {
			continue
		}
		p.colored(bold, 2, w.Reasons[why])
		for i := range list {
			measure := took(list[i].Nanoseconds)
			if why == "repeated" {
				measure = fmt.Sprintf(w.Segments, list[i].Repeated)
			}
			p.packetLine(&list[i], measure, told)
		}
	}
}

// remarkable leaves out what nobody would call slow, and repetitions that any
// network has.
func remarkable(why string, list []NotableTraffic) []NotableTraffic {
	least := map[string]int64{"slow_to_open": 1e6, "slow_to_answer": 1e6}[why]
	for i := range list {
		if list[i].Nanoseconds < least || why == "repeated" && list[i].Repeated < 3 {
			return list[:i]
		}
	}
	return list
}

// failedConnections says how many connections came to nothing, which no rule
// has to find remarkable.
func failedConnections(r *Report) string {
	failed, all := 0, 0
	for i := range r.Traffic {
		t := &r.Traffic[i]
		all += t.Connections
		last := ""
		for _, n := range t.because("failed") {
			if n.What != last {
				failed, last = failed+n.Times, n.What
			}
		}
	}
	if failed == 0 {
		return ""
	}
	return fmt.Sprintf(trafficIn(r.Lang).SomeFailed, failed, amount(all, trafficIn(r.Lang).Connections))
}

// packetLine writes a connection: where it begins, its measure, its story.
func (p *printer) packetLine(n *NotableTraffic, measure string, told map[int]bool) {
	line := fmt.Sprintf(p.t.Packet, n.Packet) + "  "
	if measure != "" {
		line += measure + "  "
	}
	text := n.Text
	if told[n.Packet] {
		text, _, _ = strings.Cut(text, ": ")
	}
	told[n.Packet] = true
	p.hanging(dim, "    ", 6, line+text)
}

// outcomes counts the connections by what became of them.
func (p *printer) outcomes(t *Traffic, w *trafficWords) string {
	parts := []string{amount(t.Connections, w.Connections)}
	for _, o := range t.Order {
		parts = append(parts, fmt.Sprintf("%d %s", o.Times, trafficWord(o.What, w)))
	}
	line := strings.Join(parts, p.t.Join) + p.t.Stop
	if t.UDP > 0 {
		line += " " + fmt.Sprintf(w.Datagrams, t.UDP)
	}
	return line
}

// service is a line about one port.
func (p *printer) service(s *Service, w *trafficWords) string {
	from := fmt.Sprintf(w.FromHosts, s.Clients)
	if s.Client != "" {
		from = fmt.Sprintf(w.From, s.Client)
	}
	var parts []string
	add := func(format string, n int) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf(format, n))
		}
	}
	head := fmt.Sprintf("%s %s", amount(s.Connections, w.Connections), from)
	if s.Transport == "udp" {
		head = fmt.Sprintf(w.UDP, s.Datagrams) + " " + from
	}
	add("%d "+w.Outcome["established"], s.Established)
	add("%d "+w.Outcome["refused"], s.Refused)
	add("%d "+w.Outcome["no_answer"], s.NoAnswer)
	add("%d "+w.Outcome["no_final_ack"], s.NoFinalACK)
	add("%d "+w.Outcome["midstream"], s.Begun)
	switch {
	case s.TLS > 0 && s.TLSUnknown > 0:
		parts = append(parts, fmt.Sprintf(w.TLSUnknown, s.TLSEstablished, max(s.TLS, s.TLSEstablished+s.TLSUnknown), s.TLSUnknown))
	case s.TLS > 0:
		parts = append(parts, fmt.Sprintf(w.TLS, s.TLSEstablished, s.TLS))
	case s.Protocol != "":
		parts = append(parts, s.Protocol)
	}
	add(w.Silent, s.Silent)
	add(w.Unanswered, s.Unanswered)
	if s.ToServer+s.ToClient > 0 {
		parts = append(parts, fmt.Sprintf(w.Bytes, size(s.ToServer), size(s.ToClient)))
	}
	if len(parts) == 0 {
		return head
	}
	return head + p.t.Colon + strings.Join(parts, p.t.Join)
}

// took writes a length of time as short as it can be read.
func took(nanoseconds int64) string {
	d := time.Duration(nanoseconds)
	switch {
	case d < time.Millisecond:
		return d.Round(time.Microsecond).String()
	case d < time.Second:
		return d.Round(10 * time.Microsecond).String()
	case d < time.Minute:
		return d.Round(10 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

// trafficWords are the words for captures in one language.
type trafficWords struct {
	Heading, None, MoreServices, Failed, SomeFailed, Segments, Datagrams string
	From, FromHosts, UDP, TLS, TLSUnknown, Silent, Unanswered, Bytes     string

	Connections [2]string
	Outcome     map[string]string
	Reasons     map[string]string
}

func trafficIn(lang string) *trafficWords {
	if lang == "zh" {
		return &trafficChinese
	}
	return &trafficEnglish
}

// trafficWord words what became of connections.
func trafficWord(what string, w *trafficWords) string {
	if said, ok := w.Outcome[what]; ok {
		return said
	}
	if said, ok := w.Outcome["tls_"+what]; ok {
		return said
	}
	return what
}

var trafficEnglish = trafficWords{
	Heading: "CONNECTIONS", None: "No TCP connection and no UDP datagram was captured.",
	MoreServices: "and %d more ports (-v lists more)", Failed: "Came to nothing: %d %s", SomeFailed: "In the captures %d of %s came to nothing; the list of connections below has them.", Segments: "%d segments sent again",
	Datagrams: "%d UDP datagrams.", From: "from %s", FromHosts: "from %d hosts", UDP: "%d datagrams, UDP,",
	TLS: "TLS finished in %d of %d", TLSUnknown: "TLS finished in %d of %d as far as can be known, %d unknown", Silent: "%d without a word", Unanswered: "%d of clients that got no answer", Bytes: "%s to it, %s from it",
	Connections: [2]string{"connection", "connections"},
	Reasons: map[string]string{
		"slow_to_open": "Slowest to open", "slow_to_answer": "Slowest first answer", "longest": "Longest",
		"repeated": "Most repetitions",
	},
	Outcome: map[string]string{
		"established": "established", "refused": "refused", "no_answer": "without an answer", "no_final_ack": "never confirmed by the client",
		"unconfirmed": "with data that was never confirmed", "unanswered": "with a request that was never answered",
		"turned_away": "turned away with an encrypted alert after the handshake",
		"midstream":   "begun before the capture", "open_at_end": "still open at its end", "fin_client": "closed by the client", "fin_server": "closed by the server",
		"reset_client": "reset by the client", "reset_server": "reset by the server", "evicted": "given up for want of room",
		"tls_established": "with TLS established", "tls_resumed": "with TLS resumed", "tls_in_progress": "with TLS too young to judge",
		"tls_unknown": "of which TLS cannot be known", "tls_not_tls": "not TLS on a port where it is spoken",
		"tls_tcp_only_idle": "idle and without a word", "tls_tcp_only_closed_by_client": "closed by the client without a word",
		"tls_tcp_only_closed_by_server": "closed by the server without a word", "tls_client_hello_partial": "with a ClientHello cut short",
		"tls_client_hello_lost": "with a ClientHello that never arrived", "tls_client_hello": "with a ClientHello nobody answered",
		"tls_client_hello_reset": "closed on the ClientHello", "tls_server_hello": "stopped after the ServerHello",
		"tls_client_silent_after_certificate":  "whose client fell silent after the certificate",
		"tls_server_silent_after_key_exchange": "whose server fell silent after the key exchange",
		"tls_client_silent_after_retry":        "whose client fell silent after a retry", "tls_alert": "ended by a TLS alert",
	},
}

var trafficChinese = trafficWords{
	Heading: "连接概况", None: "没有捕获到 TCP 连接和 UDP 数据报。",
	MoreServices: "以及另外 %d 个端口（-v 列出更多）", Failed: "没有结果：%d %s", SomeFailed: "抓包中有 %d 个连接没有结果（共 %s），见下文的连接概况。", Segments: "重发 %d 段",
	Datagrams: "%d 个 UDP 数据报。", From: "来自 %s", FromHosts: "来自 %d 台主机", UDP: "%d 个 UDP 数据报",
	TLS: "TLS 完成 %d/%d", TLSUnknown: "已知 TLS 完成 %d/%d，%d 个无法得知", Silent: "%d 个没有任何数据", Unanswered: "%d 个没有得到任何回答", Bytes: "发往 %s，返回 %s",
	Connections: [2]string{"个连接", "个连接"},
	Reasons: map[string]string{
		"slow_to_open": "建立最慢", "slow_to_answer": "首次应答最慢", "longest": "持续最久", "repeated": "重发最多",
	},
	Outcome: map[string]string{
		"established": "个已建立", "refused": "个被拒绝", "no_answer": "个没有应答", "no_final_ack": "个客户端从未确认",
		"unconfirmed": "个的数据从未被确认", "unanswered": "个的请求从未得到应答",
		"turned_away": "个在握手后被加密警报拒绝",
		"midstream":   "个在抓包前已开始", "open_at_end": "个到抓包结束仍打开", "fin_client": "个由客户端关闭", "fin_server": "个由服务器关闭",
		"reset_client": "个被客户端重置", "reset_server": "个被服务器重置", "evicted": "个因空间不足而放弃",
		"tls_established": "个 TLS 已建立", "tls_resumed": "个 TLS 恢复会话", "tls_in_progress": "个 TLS 尚无法判断",
		"tls_unknown": "个 TLS 情况无法得知", "tls_not_tls": "个在 TLS 端口上讲的不是 TLS",
		"tls_tcp_only_idle": "个空闲且没有任何数据", "tls_tcp_only_closed_by_client": "个客户端未发一言即关闭",
		"tls_tcp_only_closed_by_server": "个服务器未发一言即关闭", "tls_client_hello_partial": "个 ClientHello 不完整",
		"tls_client_hello_lost": "个 ClientHello 未送达", "tls_client_hello": "个 ClientHello 无人应答",
		"tls_client_hello_reset": "个收到 ClientHello 即被关闭", "tls_server_hello": "个停在 ServerHello 之后",
		"tls_client_silent_after_certificate":  "个客户端在收到证书后沉默",
		"tls_server_silent_after_key_exchange": "个服务器在密钥交换后沉默",
		"tls_client_silent_after_retry":        "个客户端在重试请求后沉默", "tls_alert": "个以 TLS 警报结束",
	},
}
