package report

// What the settling of hosts and clocks says.
var phrasesOfClocks = []phrase{
	// Hosts.
	{"its prompt or wrapper names it", "其提示符或外层写明"}, {"its records name it", "其记录写明"}, {"its records name several hosts", "其记录写有多个主机"}, {"it states the name", "其内容写明主机名"}, {"another part of the same file states the name", "同一文件的另一部分写明主机名"},
	{"it lies in the folder {}", "位于文件夹 {}"}, {"the other sources in the folder of the bundle name no other host", "归档中的其他来源没有写别的主机"}, {"the other sources in the folder {} name no other host", "文件夹 {} 中的其他来源没有写别的主机"}, {"a folder is called {}", "有文件夹名为 {}"},
	{"{} and {} are one host: no other is called {}", "{1} 与 {2} 是同一主机：没有别的主机叫 {3}"}, {"{} calls itself {}", "{} 自称 {}"}, {"{} is also an address of {}, so it tells them not apart", "{} 也是 {} 的地址，因此无法区分"},
	// Zones.
	{"zone {}: {*}", "时区 {}：{}"}, {"zone {} is also stated: {*}", "另有来源写明时区 {}：{}"}, {"its own stamps write it", "其时间戳自带时区"}, {"its stamps write their zone", "其时间戳都自带时区"}, {"its stamps write several zones", "其时间戳写有多个时区"}, {"given by the user", "用户指定"}, {"the user", "用户指定"},
	{"stated in {}", "见 {}"}, {"written in {}", "写于 {}"}, {"sources write different zones: {} in {}", "各来源所写时区不同：{2} 为 {1}"}, {"{*}, and the times of files fit", "{}，且与文件时间相符"}, {"{} says {}", "{} 写的是 {}"},
	{"zone {} does not fit: its records are {} off by joins, and so much is a zone and no error", "时区 {} 不符：按关联记录相差 {}，这样的差值是时区而不是误差"}, {"{} joins with {}", "与 {2} 有 {1} 处关联"},
	{"the file's time suggests the zone {}", "文件时间提示时区为 {}"}, {"--timezone says so if it is", "如属实可用 --timezone 指定"}, {"the file's time suggests the zone {} and not {}", "文件时间提示时区为 {} 而不是 {}"},
	{"{} says {}, which names no zone known here", "{} 写的是 {}，不是这里所知的时区"}, {"--timezone says which it is", "可用 --timezone 指明"}, {"{} says {}, which can be {} or {}, and nothing tells which", "{} 写的是 {}，可能是 {} 或 {}，无从判断"}, {"--timezone does", "可用 --timezone 指定"},
	{"{} sets the zone {} for some program", "{} 为某个程序设定时区 {}"}, {"--timezone says so if it is the host's", "如为主机时区可用 --timezone 指定"},
	{"the time of {} fits it, and the other hosts keep it", "{} 的文件时间与之相符，且其他主机都用它"}, {"{} says {}, in Chinese", "{} 以中文写明 {}"},
	{"zone {} was seen on {}", "时区 {} 见于 {}"}, {"records before {} may be an hour off, if the host keeps summer time", "如该主机使用夏令时，{} 之前的记录可能相差一小时"}, {"records from {} on may be an hour off, if the host keeps summer time", "如该主机使用夏令时，{} 起的记录可能相差一小时"}, {"--timezone names its zone", "可用 --timezone 指定其时区"},
	// Offsets.
	{"a source of it shows that its clock was set by {}, of which too few joins tell", "其某个来源显示时钟被调整了 {}，而能说明此事的关联太少"},
	{"nothing before them speaks for the others, so its clock may have been set by {} there", "它们之前没有支持其余关联的依据，因此那里时钟可能被调整了 {}"}, {"nothing after them speaks for the others, so its clock may have been set by {} there", "它们之后没有支持其余关联的依据，因此那里时钟可能被调整了 {}"},
	{"offset {}: given by the user", "偏差 {}：用户指定"}, {"{} joins with {} are too few to tell its offset", "与 {2} 只有 {1} 处关联，不足以确定偏差"}, {"{} joins with {} contradict each other, so that they tell no offset", "与 {2} 的 {1} 处关联互相矛盾，无法确定偏差"},
	{"{} joins with {} are too few for a bound from one side only, so that they tell no offset", "与 {2} 的 {1} 处关联只从一侧限定且数量太少，无法确定偏差"}, {"{} joins with {} do not lie on one line, so that they tell no offset", "与 {2} 的 {1} 处关联不在一条直线上，无法确定偏差"},
	{"its clock is {} ± {} against {}, from {} joins", "其时钟相对 {3} 为 {1} ± {2}，依据 {4} 处关联"}, {"its clock agrees with that of {} within {}: {} joins", "其时钟与 {} 一致，误差在 {} 以内：{} 处关联"},
	{"its clock is {} ahead of that of {}, give or take {}: {} joins", "其时钟比 {2} 快 {1}，误差 {3}：{4} 处关联"}, {"they bound it from one side only, the error is from how they scatter", "它们只从一侧限定，误差取自其离散程度"}, {"{} contradict the others and are left out", "{} 处与其余矛盾，未采用"},
	{"its clock was set by {} between {} and {}", "其时钟在 {2} 与 {3} 之间被调整了 {1}"}, {"records between the two may be of before or after", "两者之间的记录可能在调整之前或之后"},
	{"its clock is the one others are measured by: {*}", "以其时钟为基准：{}"}, {"it has most joins", "它的关联最多"}, {"a capture of it is joined", "与它的抓包有关联"},
	// Years and days.
	{"going on from {}", "接续 {}"}, {"ending before {}", "在 {} 之前结束"},
	{"its dates are read as {*}, which is usual", "其日期按{}的顺序读取，这是通常的写法"}, {"nothing in its first lines tells that they are not written the other way round", "其开头各行没有依据说明不是相反的顺序"}, {"month and day", "月、日"}, {"day and month", "日、月"},
	{"the first dates were read in the other order of day and month, until one showed that it is {*}", "开头的日期按相反的日月顺序读取，直到有一处表明顺序是{}"}, {"their times are wrong", "那些时间有误"},
	{"the date {} is read as month and day, which is usual there", "日期 {} 按月、日读取，这是那里通常的写法"}, {"nothing tells that it is not the other way round", "没有依据说明不是相反的顺序"},
	{"{}: from its own stamps", "{}：取自其时间戳"}, {"{} to {}: {*}", "{} 至 {}：{}"}, {"a 29 February is written", "写有 2 月 29 日"}, {"the weekday is written", "写有星期"}, {"before {}", "在 {} 之前"},
	{"unknown: nothing in the bundle tells it, shown as {}", "未知：归档中没有依据，按 {} 显示"}, {"from {*}, and {*}", "依据 {}，且{}"}, {"from {*}", "依据 {}"}, {"{*}, and {*}", "{}，且{}"},
	{"the dated records among its own", "其自身带日期的记录"}, {"the file's time {}, just after its last record", "文件时间 {}（紧接其最后一条记录）"}, {"the file's time {}", "文件时间 {}"}, {"its name", "文件名"}, {"the folder {}", "文件夹 {}"}, {"the dates in {}", "{} 中的日期"}, {"against it {*}: {}", "与之不符的有{}：{}"}, {"against it {*}: {}, {*}: {}", "与之不符的有{}：{}、{}：{}"}, {"against it {*}: {}, {*}: {}, {*}: {}", "与之不符的有{}：{}、{}：{}、{}：{}"},
	{"its stamps have no date, and nothing tells it", "其时间戳没有日期，也没有依据"}, {"its stamps have no date", "其时间戳没有日期"}, {"the day is from {*}", "日期取自{}"}, {"when it was taken", "采集时间"}, {"the file's time", "文件时间"},
	// Snapshots.
	{"beside the time it states", "与其所写时间同处"},
	{"as its transcript or name says", "据其会话记录或文件名"}, {"between the parts of the same file around it", "在同一文件的前后两部分之间"}, {"not before the part of the same file above it", "不早于同一文件的上一部分"}, {"not after the part of the same file below it", "不晚于同一文件的下一部分"}, {"no later than the file's time", "不晚于文件时间"},
	{"taken {} to {} before {}, by the ages of what both list", "在 {3} 之前 {1} 至 {2} 采集，依据两者所列对象的存在时长"}, {"taken {} before {}, by the ages of what both list", "在 {2} 之前 {1} 采集，依据两者所列对象的存在时长"},
	// Stamps.
	{"{} stamps cannot be", "{} 个时间戳不可能存在"}, {"those records come last", "相应记录排在最后"}, {"{} records have no time and come last", "{} 条记录没有时间，排在最后"},
	{"time goes back {} times, by up to {}: several writers, or written late", "时间倒退 {} 次，最多 {}：多个写入者，或延迟写入"}, {"time goes back {} times, by up to {}: several writers, or files put together", "时间倒退 {} 次，最多 {}：多个写入者，或由多个文件拼成"},
	{"time goes back by {} at line {}: a clock that was set, or files put together", "时间在第 {2} 行处倒退 {1}：时钟被调整，或由多个文件拼成"}, {"time goes back by {} at packet {}: a clock that was set, or files put together", "时间在第 {2} 个报文处倒退 {1}：时钟被调整，或由多个文件拼成"},
	{"{} records are of an hour that summer time skips in {}: placed where it begins, or the zone is another", "{} 条记录落在 {} 夏令时跳过的一小时：置于该小时开始处，或时区另有其他"},
	{"{} records are of an hour that comes twice in {}", "{} 条记录落在 {} 重复的一小时"}, {"the second one begins at line {}, where time goes back", "第二次从第 {} 行时间倒退处开始"}, {"the second one begins at packet {}, where time goes back", "第二次从第 {} 个报文时间倒退处开始"}, {"{} records are of an hour that comes twice in {}, and nothing tells which", "{} 条记录落在 {} 重复的一小时，无从分辨"}, {"the first is taken", "按第一次处理"},
	{"lines {} to {} are also in {} and are counted once", "第 {} 至 {} 行也见于 {}，只计一次"}, {"packets {} to {} are also in {} and are counted once", "第 {} 至 {} 个报文也见于 {}，只计一次"},
	{"its stamps count from the start of the machine, which was at {}: {*}", "其时间戳从开机算起，开机时间为 {}：{}"}, {"its stamps count from a start nobody states", "其时间戳从某次启动算起，没有写明启动时间"}, {"the last is taken to be of the file's time", "最后一条按文件时间处理"},
	{"its stamps count from the start of the machine, and nothing tells when that was", "其时间戳从开机算起，没有开机时间的依据"}, {"by the records of {} that show both times", "依据 {} 中同时有两种时间的记录"}, {"by {}", "依据 {}"},
}
