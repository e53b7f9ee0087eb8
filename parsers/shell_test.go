package parsers

import (
	"strings"
	"testing"
)

func TestShellPrompt(t *testing.T) {
	for _, c := range []struct{ line, host, user, dir, command string }{
		{"[root@app-07 ~]# netstat -antp", "app-07", "root", "~", "netstat -antp"},
		{"[root@app-07 log]#ls", "app-07", "root", "log", "ls"},
		{"[root@app-07 log]#", "app-07", "root", "log", ""},
		{"(venv) [app@app-07 srv]$ python x.py", "app-07", "app", "srv", "python x.py"},
		{"root@app-07:~# ss -s", "app-07", "root", "~", "ss -s"},
		{"admin@app-07:/var/log/my logs$ df -h", "app-07", "admin", "/var/log/my logs", "df -h"},
		{"root@gw:~ # uname -a", "gw", "root", "~", "uname -a"},
		{"app-07:~ # date", "app-07", "", "~", "date"},
		{"me@mac ~ % uptime", "mac", "me", "~", "uptime"},
		{"mac:tmp me$ ls", "mac", "me", "tmp", "ls"},
		{"bash-4.2$ ps -ef", "", "", "", "ps -ef"},
		{"/ # ls", "", "", "/", "ls"},
		{"<core-sw1>display version", "core-sw1", "", "", "display version"},
		{"[core-sw1]undo info-center enable", "core-sw1", "", "", "undo info-center enable"},
		{`C:\Users\a>netstat -an`, "", "", `C:\Users\a`, "netstat -an"},
		{"[root@h ~]# ipcs -ls  (查看信号量设置方法 3)", "h", "root", "~", "ipcs -ls"},
		{"[root@h ~]# cat a （看看）", "h", "root", "~", "cat a"},
		{`[root@h ~]# grep "错误" app.log`, "h", "root", "~", `grep "错误" app.log`},
		{"[root@h ~]# echo 你好", "h", "root", "~", "echo"}, // a word in another script behind a blank reads as a remark
	} {
		p, ok := shellPromptOf(c.line)
		if !ok {
			t.Errorf("%q is no prompt", c.line)
		} else if p.host != c.host || p.user != c.user || p.dir != c.dir || p.command != c.command {
			t.Errorf("%q: %+v", c.line, p)
		}
	}
	for _, line := range []string{
		"2024-03-02 10:14:03,120 [myid:1] - INFO  [main:QuorumPeer@1] - x",
		"<configuration>", "[section]", "[root]", "user@example.com: the price is $ 5", "# a comment", "tcp 0 0 192.0.2.1:22 *:* LISTEN",
		"[2024-03-02 10:14:03] worker started # 3", "GET /a?b=c HTTP/1.1", "http://example.com/# x", "a:b> c",
	} {
		if p, ok := shellPromptOf(line); ok {
			t.Errorf("%q is taken for a prompt: %+v", line, p)
		}
	}
}

func TestShellHint(t *testing.T) {
	for line, want := range map[string]string{
		"$ netstat -an": "netstat -an", "# ss -s": "ss -s", "# /bin/netstat -nlp": "/bin/netstat -nlp", "+ date": "date", "===== df -h =====": "df -h",
		"### ps -ef ###": "ps -ef", "==> /etc/hosts <==": "cat /etc/hosts", "Command: uname -a": "uname -a", "执行命令：free -m": "free -m", "--- uptime ---": "uptime",
		"Every 2.0s: ss -tan       Fri Nov 24 13:45:11 2017": "ss -tan",
	} {
		if p, ok := shellHint(line); !ok || p.command != want {
			t.Errorf("%q: %v %+v", line, ok, p)
		}
	}
	for _, line := range []string{
		"# sysctl settings are defined through files in", "# the port at which the clients will connect", "# date of the last change", "------ Semaphore Limits --------",
		"$ 5 only", "- ls lists files", "# kill the process first, then", "=== Summary ===", "# For more information, see sysctl.conf(5)",
	} {
		if p, ok := shellHint(line); ok {
			t.Errorf("%q is taken for a command: %+v", line, p)
		}
	}
}

func TestShellChanges(t *testing.T) {
	for command, want := range map[string]string{
		"netstat -antp | grep 2181":               "",
		"sysctl -w net.ipv4.tcp_tw_recycle=1":     "sysctl net.ipv4.tcp_tw_recycle",
		`sysctl -w kernel.sem="250 32000 32 256"`: "sysctl kernel.sem",
		"sysctl -p": "settings of sysctl.conf",
		"sysctl -a": "",
		"echo 1 > /proc/sys/net/ipv4/tcp_tw_reuse": "sysctl net.ipv4.tcp_tw_reuse",
		"kill -9 1028": "process 1028",
		"kill -0 1028": "",
		"for i in `ipcs -s | awk '{print $2}'`; do ipcrm -s $i; done":       "semaphores, queues or shared memory",
		"rm -rf /opt/LicServer/log/licmcore.log":                            "file /opt/LicServer/log/licmcore.log",
		": > /var/log/app.log":                                              "file /var/log/app.log",
		"> /var/log/app.log":                                                "file /var/log/app.log",
		"service licsscore restart":                                         "service licsscore",
		"service licsscore status":                                          "",
		"/etc/init.d/nginx restart":                                         "service nginx",
		"sudo systemctl restart nginx":                                      "service nginx",
		"systemctl status nginx":                                            "",
		"/opt/bin/kubectl --server=127.0.0.1:8888 stop pod coreapirc-rfcnt": "pod coreapirc-rfcnt",
		"kubectl drain 192.0.2.135 --delete-local-data --force":             "node 192.0.2.135",
		"kubectl get pod":                                                   "",
		"kubectl rollout restart deploy/cart":                               "restart deploy/cart",
		"reboot":                                                            "host",
		"date -s '2017-11-24 13:50:00'":                                     "clock",
		"date":                                                              "",
		"docker restart web":                                                "container web",
		"iptables -A INPUT -j DROP":                                         "network",
		"iptables -L -n":                                                    "",
		"redis-cli config set maxclients 20000":                             "redis maxclients",
		"redis-cli info clients":                                            "",
		"vi /etc/sysctl.conf":                                               "file /etc/sysctl.conf",
		"cat /etc/hosts 2>/dev/null":                                        "",
		"ss -tan > /tmp/ss.txt":                                             "file /tmp/ss.txt",
		"ulimit -n 65535":                                                   "limits",
		"ulimit -a":                                                         "",
		"cd /tmp && rm -f a b":                                              "file a, file b",
		"yum install -y lsof":                                               "package lsof",
		"rpm -qa":                                                           "",
	} {
		if got := shellChanges(shellParts(command)); got != want {
			t.Errorf("%q changes %q, want %q", command, got, want)
		}
	}
}

func TestDateLine(t *testing.T) {
	for _, line := range []string{
		"Nov 24 13:45:11 app-07 kernel: TCP: time wait bucket table overflow", "13:45:11", "2017-11-24", "November", "tcp 0 0 192.0.2.1:22 192.0.2.7:1 ESTABLISHED",
		"2017-11-24 13:45:11 INFO started", "Sep 12 2017", "a b c 12 11:12:13 2017", "Fri Nov 24 13:45:11 CST 2017 extra", "", "12:00:00 up 3 days, 2 users",
	} {
		if st, ok := dateLine(line); ok {
			t.Errorf("%q is taken for a date: %+v", line, st)
		}
	}
}

func TestSockets(t *testing.T) {
	for in, want := range map[string]socketEnd{
		"192.0.2.1:80": {"192.0.2.1", 80}, ":::2181": {"::", 2181}, "::1:5556": {"::1", 5556}, "[::1]:22": {"::1", 22}, "*:*": {"*", 0}, "::ffff:192.0.2.1:4426": {"192.0.2.1", 4426},
		"[::ffff:192.0.2.1]:4426": {"192.0.2.1", 4426}, "127.0.0.53%lo:53": {"127.0.0.53", 53}, "10.0.1.77:eforward": {"10.0.1.77", 2181}, "localhost:nosuchservice": {"localhost", -1},
		"[fe80::1%eth0]:80": {"fe80::1", 80}, "[fe80::1]%eth0:80": {"fe80::1", 80}, "0.0.0.0:*": {"0.0.0.0", 0},
	} {
		if got := endOf(in); got != want {
			t.Errorf("endOf(%q) = %+v, want %+v", in, got, want)
		}
	}
	var row socket
	for line, want := range map[string]bool{
		"tcp        0      0 192.0.2.1.22           192.0.2.7.40112         ESTABLISHED": false, // a dot before the port
		"tcp        0      0 192.0.2.1:22           192.0.2.7:40112         ESTABLISHED": true,
		"tcp 0 0 192.0.2.1:22":                                                             false,
		"tcp   x  0 192.0.2.1:22 192.0.2.7:40112 ESTABLISHED":                              false,
		"udp        0      0 0.0.0.0:68             0.0.0.0:*":                             true,
		"tcp6       0      0 :::8080                :::*                    LISTEN      1": false,
	} {
		if got := netstatRow(line, &row); got != want {
			t.Errorf("netstatRow(%q) = %v", line, got)
		}
	}
}

func TestSizeBytes(t *testing.T) {
	for in, want := range map[string]int64{"53K": 54272, "4.6M": 4823449, "0": 0, "1.8Ti": 1979120929996, "12B": 12, "1,5G": 1610612736} {
		if got, ok := sizeBytes(in, 1); !ok || got != want {
			t.Errorf("sizeBytes(%q) = %d %v, want %d", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "K", "1.2.3", "abc", "99999999999999999999", "9999999999999P", "-"} {
		if got, ok := sizeBytes(in, 1); ok {
			t.Errorf("sizeBytes(%q) = %d", in, got)
		}
	}
}

func TestShellPromptIsBounded(t *testing.T) {
	long := "[root@h ~]# echo " + strings.Repeat("x", 10000)
	if _, ok := shellPromptOf(long); ok {
		t.Error("a line of 10 kB is no prompt")
	}
}
