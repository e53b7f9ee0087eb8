package report

// What the reader of captures says.
var phrasesOfCaptures = []phrase{
	{"not a capture: no pcap, pcapng or snoop header", "不是抓包文件：没有 pcap、pcapng 或 snoop 文件头"}, {"more problems than are listed", "问题太多，未全部列出"},
	{"capture ends inside a block header", "抓包在块头中间结束"}, {"capture ends inside a block", "抓包在块中间结束"}, {"capture ends inside a record header", "抓包在记录头中间结束"}, {"capture ends inside packet {}", "抓包在第 {} 个报文中间结束"}, {"the packets before it were kept", "此前的报文已保留"},
	{"block length {} is no multiple of four", "块长 {} 不是四的倍数"}, {"rounded up", "已向上取整"}, {"block lengths at its two ends differ", "块首尾的长度不同"}, {"the first was taken", "采用前者"}, {"packet before a section header", "报文出现在段头之前"},
	{"capture carries decryption secrets", "抓包带有解密密钥"}, {"they are neither used nor shown", "既不使用也不显示"}, {"block of {} bytes around a packet", "报文外层的块长 {} 字节"}, {"options behind it were not read", "其后的选项未读取"}, {"interface block is too short", "接口块太短"}, {"more than 65536 interfaces", "接口超过 65536 个"},
	{"clock resolution {} of an interface cannot be", "接口的时间精度 {} 不可能存在"}, {"microseconds taken", "按微秒处理"}, {"packet block is too short", "报文块太短"}, {"packet says {} bytes, its block has {}", "报文写 {} 字节，块中只有 {}"}, {"cut to fit", "已截断"}, {"packet names interface {}, which is not described", "报文所指接口 {} 没有描述"}, {"not decoded", "未解码"},
	{"no block was found behind it", "其后没有找到块"}, {"no packet was found behind it", "其后没有找到报文"}, {"block says {} bytes", "块写 {} 字节"}, {"{} are left", "只剩 {}"}, {"pcap version {} instead of 2.4", "pcap 版本 {}（应为 2.4）"}, {"read on", "继续读取"}, {"packet is longer than the file's limit ({})", "报文超过文件所写上限（{}）"}, {"kept", "已保留"}, {"packet header says {} bytes", "报文头写 {} 字节"},
	{"packet ends inside its headers", "报文在头部中间结束"}, {"header that cannot be", "头部不可能存在"}, {"too many headers inside each other", "头部嵌套过多"}, {"encrypted wireless frame", "加密的无线帧"}, {"packet without a known link type", "报文的链路类型未知"}, {"packet made a decoder fail", "报文使解码器失败"}, {"link type {}", "链路类型 {}"},
	{"more connections at the same time than there is room for", "同时存在的连接超出容量"}, {"the longest idle were told as evicted", "空闲最久的按被逐出处理"}, {"the capturing program lost {} packets", "抓包程序丢失 {} 个报文"}, {"what is not in the capture proves nothing", "抓包中没有的内容不能证明什么"}, {"a datagram was given up: not all of its fragments came", "放弃一个数据报：分片不全"},
	{"more server ports than are learnt about: connections to the others have no siblings", "服务端口太多：其余端口的连接没有可比对象"}, {"more pairs of client and port than are followed: loops, floods and scans may be missing", "客户端与端口的组合太多：循环、洪泛和扫描可能有遗漏"}, {"more DNS queries without an answer than are remembered", "未答复的 DNS 查询太多"},
	{"more UDP conversations than are remembered: who got no answer is not told", "UDP 会话太多：未说明哪些没有得到应答"}, {"more UDP ports than are followed", "UDP 端口太多"},
	{"payload was given up: too much of it waited for missing segments", "放弃部分载荷：等待缺失分段的数据太多"}, {"more ICMP errors about unknown connections than are told", "涉及未知连接的 ICMP 错误太多"}, {"snoop data link type {} is not decoded", "snoop 链路类型 {} 不解码"}, {"record says {} bytes for a packet of {}", "记录写 {} 字节，报文为 {}"}, {"reading stopped there", "读取到此为止"},
}
