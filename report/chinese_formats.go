package report

// What readers of formats say: why a source was taken for a format, and what
// was odd in it.
var phrasesOfFormats = []phrase{
	// Where something was found.
	{"line {}", "第 {} 行"}, {"byte {}", "第 {} 字节"}, {"packet {}", "第 {} 个报文"}, {"member {}", "第 {} 个成员"}, {"in {}", "在 {} 中"},
	// Why a format.
	{"the user said so", "用户指定"}, {"{*}; next was {} ({*})", "{1}；其次是 {2}（{3}）"}, {"next was {} ({*})", "其次是 {}（{*}）"}, {"its name fits", "文件名相符"},
	{"binary bytes", "二进制内容"}, {"no layout found", "未找到版式"}, {"no stack trace at the start", "开头没有堆栈"}, {"more than a line", "不止一行"}, {"more than a date", "不止一个日期"},
	{"{} of {} lines begin a record", "{2} 行中有 {1} 行是记录的开头"}, {"{} of {} lines fit", "{2} 行中有 {1} 行相符"}, {"{} of {} lines have a known layout", "{2} 行中有 {1} 行版式已知"},
	{"{} of {} lines are ZooKeeper's own", "{2} 行中有 {1} 行是 ZooKeeper 自身的记录"}, {"{} of {} lines carry another", "{2} 行中有 {1} 行内含另一行"}, {"{} of {} lines speak of a license server", "{2} 行中有 {1} 行提到授权服务器"},
	{"{} parts, {} of {} lines, in formats of their own", "{1} 个部分（{3} 行中的 {2} 行）各有自己的格式"}, {"only inside what dates its lines", "仅见于带日期的外层之内"},
	{"{*}; inside is {*}", "{1}；内层是 {2}"}, {"inside is {}", "内层是 {}"}, {"{*} of name=value pairs", "{*}（名=值 形式）"},
	{"{} JSON objects, {} with a time or a level", "{1} 个 JSON 对象，其中 {2} 个带时间或级别"}, {"{} rows of the columns it names", "{} 行符合其列名"}, {"{} prompts with commands", "{} 个带命令的提示符"},
	{"{} banners and {} dates before the output of a command", "命令输出之前有 {} 个标题和 {} 个日期"}, {"the title of a thread dump and {} threads", "线程转储的标题和 {} 个线程"},
	{"a thread dump and records of a log", "线程转储与日志记录"}, {"an object and its fields", "一个对象及其字段"}, {"a line of /proc", "/proc 的一行"}, {"begins as a crash report", "开头是崩溃报告"},
	{"begins as a stack trace and has no times", "开头是堆栈，没有时间"}, {"dated lines behind a stack trace", "堆栈之后是带日期的行"}, {"asked where no format takes the whole", "没有格式能读懂全部时才采用"},
	{"one text whose lines look like several formats in turn", "各行依次像不同格式的同一文本"}, {"no mixture", "不是混合内容"}, {"an object that does not end", "对象没有结束"},
	{"nothing but its name would tell", "除文件名外无从判断"}, {"few records are ZooKeeper's own", "ZooKeeper 自身的记录太少"}, {"one word may be anything", "单个词无从判断"},
	{"the dates are part of one output: {}", "日期是同一输出的一部分：{}"}, {"nothing known stands between banners or dates", "标题或日期之间没有认得的内容"}, {"what its lines carry is no log", "其行内所含不是日志"},
	{"the look at it stopped, which is a bug of ours", "检查中断，这是本程序的缺陷"}, {"nothing is mounted", "没有挂载项"}, {"no zone and no server of time", "没有时区，也没有时间服务器"}, {"no word of ZooKeeper's", "没有 ZooKeeper 的内容"},
	{"no unit is listed", "没有列出单元"}, {"no thread dump at the start", "开头没有线程转储"}, {"no summary of top", "没有 top 的摘要"}, {"no setting of a BSD", "没有 BSD 的设置项"}, {"no setting of Linux", "没有 Linux 的设置项"},
	{"no row of {}", "没有 {} 的行"}, {"no prompt, banner or date", "没有提示符、标题或日期"}, {"no process is listed", "没有列出进程"}, {"no path with a size", "没有带大小的路径"}, {"no package is listed", "没有列出软件包"},
	{"no open file is listed", "没有列出打开的文件"}, {"no object is described", "没有描述对象"}, {"no neighbour", "没有邻居表项"}, {"no name that Redis has", "没有 Redis 的名称"}, {"no name that /proc has", "没有 /proc 的名称"},
	{"no lines", "没有行"}, {"no line fits", "没有相符的行"}, {"no line carries another", "没有内含另一行的行"}, {"no line begins a record", "没有一行是记录的开头"}, {"no interface and no route", "没有网卡，也没有路由"},
	{"no header of a capture", "没有抓包文件头"}, {"no file system is listed", "没有列出文件系统"}, {"no file is listed", "没有列出文件"}, {"no crash report", "不是崩溃报告"}, {"no container is listed", "没有列出容器"},
	{"no address with a name", "没有带名称的地址"}, {"no JSON object with a time", "没有带时间的 JSON 对象"}, {"no #Fields with date and time", "没有含日期和时间的 #Fields"},
	{"pcapng section header", "pcapng 段头"}, {"pcap file header", "pcap 文件头"}, {"snoop file header", "snoop 文件头"},
	{"the command names the setting", "命令写明了设置项"}, {"the command prints nothing else", "该命令不输出别的内容"}, {"no format takes its text", "没有格式能读其内容"},
	// Why a member was not read.
	{"the file is empty", "文件为空"}, {"the file holds only NUL bytes", "文件只有 NUL 字节"}, {"the file holds only blanks", "文件只有空白"}, {"the file holds only a byte order mark", "文件只有字节顺序标记"}, {"the file holds a single byte", "文件只有一个字节"},
	{"it is a web page, as a failed download leaves one behind, and no log", "这是网页（下载失败时常见），不是日志"},
	{"no format takes it", "没有格式能读"}, {"nearest is {} ({*})", "最接近的是 {}（{*}）"}, {"nearest is {}", "最接近的是 {}"},
	// What was odd.
	{"{} bytes were kept, then the reader of {} gave up: {}", "保留了 {} 字节，之后 {} 的读取器放弃：{}"}, {"{} bytes were kept, then the reader of {} stopped, which is a bug of ours", "保留了 {} 字节，之后 {} 的读取器中断，这是本程序的缺陷"},
	{"what follows is kept as unparsed", "其后内容按未解析保留"}, {"{} bytes were not read by the reader of {}", "{2} 的读取器未读 {1} 字节"},
	{"rule {} stopped after 100 ms", "规则 {} 在 100 毫秒后中止"}, {"rule {} stopped after 100 ms {} times and was not tried any further here", "规则 {} 在 100 毫秒后中止 {} 次，此处不再尝试"}, {"the line counts as not checked by it", "该行视为未经其检查"},
	{"output of a command is longer than {} bytes", "命令输出超过 {} 字节"}, {"its rest was not read", "其余部分未读"}, {"the text ends in the middle of a character", "文本在字符中间结束"},
	{"more than {} outputs", "输出超过 {} 份"}, {"those behind are kept line by line", "其后的逐行保留"}, {"prompts name several hosts: {}", "提示符中有多个主机：{}"},
	{"record is longer than 1000 lines or 1 MiB", "记录超过 1000 行或 1 MiB"}, {"its rest is kept as records of their own", "其余部分作为单独的记录保留"},
	{"line is longer than 1 MiB", "行长超过 1 MiB"}, {"its first 1048576 bytes are kept, all are counted", "保留前 1048576 字节，全部计数"}, {"line carries nothing", "该行没有内容"},
	{"more than {} streams", "流超过 {} 个"}, {"those behind are read as one", "其后的合并读取"}, {"df could not read a file system", "df 有文件系统读不到"}, {"du could not read all it was asked", "du 未能读到全部要求的内容"},
	{"ls could not list all it was asked", "ls 未能列出全部要求的内容"}, {"netstat could not do all it was asked", "netstat 未能完成全部要求"}, {"names and values of counters differ in number", "计数器的名称与数值个数不一致"},
	{"the command shows a part of its output only: {}", "命令只显示了部分输出：{}"}, {"rows are left out of this output", "此输出省略了若干行"}, {"sysctl could not read a setting", "sysctl 有设置项读不到"},
	{"more kinds of problems than are listed", "问题种类太多，未全部列出"},
	{"{} NUL bytes before the first line were left out: a file cut short while it was written to looks like this", "略去了第一行之前的 {} 个 NUL 字节：写入过程中被截短的文件就是这样"},
	{"line does not fit this output", "该行不符合此输出"}, {"text between commands is not read", "命令之间的文字未读取"}, {"text that no format takes is not read", "没有格式能读的文字未读取"},
	{"the title's date could not be read", "标题中的日期无法读取"}, {"rows have the time of day only", "各行只有时刻"},
	{"a compiled zone without its rule in words, as old systems have it", "编译后的时区没有文字规则，旧系统如此"}, {"the rule {} has summer time and is none of those known", "规则 {} 有夏令时，不在已知之列"}, {"--timezone names the zone", "可用 --timezone 指定时区"}, {"its path names the setting", "其路径就是设置项"}, {"a link whose target names a zone", "其链接目标写明时区"}, {"the array of containers cannot be read as JSON", "容器数组无法按 JSON 读取"},
	{"containers with their states", "容器及其状态"}, {"no array of containers", "没有容器数组"}, {"nobody is listed", "未列出任何人"}, {"no row of what something uses", "没有资源用量行"}, {"a compiled zone", "编译后的时区"}, {"no zone is named", "未写时区名"},
	{"no title with rows of times below it", "没有带时间行的标题"}, {"no name that only one of them has", "没有其中某一工具独有的名称"},
}
