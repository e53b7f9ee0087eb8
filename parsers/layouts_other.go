package parsers

// otherLayouts are those of programs in Python, Go, C and others. Where one
// line fits two, the first is meant.
var otherLayouts = []layoutRow{
	// Python: logging as in its own documentation, and what servers make of it
	{pattern: "%d - %P - %p: - %m", sample: "2017-11-24 13:46:54,760 - 8 - ERROR: - Error while reading from socket"},
	{pattern: "%d - %P - %p - %m", sample: "2017-11-24 13:46:54,760 - 8 - ERROR - Error while reading from socket"},
	{pattern: "%d - %p - %P - %m", sample: "2017-11-24 13:46:54,760 - INFO - 812 - ready"},
	{pattern: "%d - %c - %p - %m", sample: "2017-11-24 13:46:54,760 - agent.worker - INFO - ready"},
	{pattern: "%d - %p - %c - %m", sample: "2017-11-24 13:46:54,760 - INFO - agent.worker - ready"},
	{pattern: "%d - [%p] - %c - %m", sample: "2017-11-24 13:46:54,760 - [INFO] - agent.worker - ready"},
	{pattern: "%d - %p - %m", sample: "2017-11-24 13:46:54,760 - INFO - ready"},
	{pattern: "%d - %C[%p]: %m", sample: "2017-11-24 13:46:54,760 - util.py[DEBUG]: Running command"},
	{pattern: "%d [%P] [%p] [%C] %m", sample: "2017-11-24 13:46:54,760 [8] [ERROR] [agent.worker] gone"},
	{pattern: "[%d] [%P] [%p] %m", sample: "[2017-11-24 13:46:54 +0800] [8] [ERROR] Worker timeout"},
	{pattern: "[%d: %p/%t] %m", sample: "[2017-11-24 13:46:54,760: ERROR/MainProcess] consumer: Cannot connect"},
	{pattern: "[%d] {%C} %p - %m", sample: "[2017-11-24 13:46:54,760] {jobs.py:186} INFO - Started"},
	{pattern: "[%d] %p in %c: %m", sample: "[2017-11-24 13:46:54,760] ERROR in app: Exception on / [GET]"},
	{pattern: "[%l %d %c] %m", sample: "[E 171124 13:46:54 web:1670] Uncaught exception"},
	{pattern: "[%l %d %C %n] %m", sample: "[I 2023-01-24 13:45:11.123 ServerApp 12] up"},
	{find: osloFind, opens: opensStamp, sample: "2017-11-24 13:46:54.760 1234 ERROR nova.compute.manager [req-1 - - - - -] gone"},
	{pattern: "%d %c [%P]: %p %m", sample: "2017-11-24 13:46:54,760 fail2ban.filter         [1234]: INFO    [sshd] Found 192.0.2.7"},
	{pattern: "%d [%C:%i][%p][%P] %m", sample: "2017-11-24 13:46:54,760 [salt.minion      :12  ][ERROR   ][812] gone"},
	{pattern: "%d [%C] %p: %m", sample: "2017-11-24 13:46:54 [scrapy.core.engine] INFO: Spider opened"},
	{pattern: "%d | %p | %c - %m", sample: "2017-11-24 13:46:54.760 | INFO     | __main__:run:12 - ready"},
	{pattern: "%d:%p:%C:%m", sample: "2017-11-24 13:46:54,760:INFO:root:ready"},
	{pattern: "%d p=%P u=%i | %m", sample: "2017-11-24 13:46:54,760 p=812 u=root |  PLAY [all]"},
	{pattern: "%d [%p] %c: %m", sample: "2017-11-24 13:46:54 [INFO    ] discord.client: logging in"},
	{pattern: "%d %P %t %c %p %m", sample: "2017-11-24 13:46:54 1234 MainThread agent INFO ready"},
	{pattern: "[%d] %P %t %c %p %m", sample: "[24/Nov/2017 13:46:54 +0000] 1234 MainThread agent INFO ready"},

	// Go
	{find: klogFind, sample: "I1124 15:04:05.000000    1234 reflector.go:123] Listing"},
	{pattern: "%d\t%p\t%C\t%m", sample: "2017-11-24T13:45:11.123+0800\tINFO\tworker/run.go:12\tready"},
	{pattern: "%d %l | %c: %m", sample: "2017-11-24 13:46:54.123456 I | etcdmain: etcd Version: 3.2.9"},
	{pattern: "%d %l! [%C] %m", sample: "2017-11-24T13:46:54Z E! [inputs.cpu] gone"},
	{pattern: "%d %l! %m", sample: "2017-11-24T13:46:54Z I! Starting"},
	{pattern: "[%c] %d %p: %m", sample: "[nsqd] 2017/11/24 13:46:54.123456 INFO: TCP: listening"},

	// C, C++, Ruby, Erlang, .NET
	{pattern: "%d %l %c [%t] %m", sample: "2017-11-24T13:46:54.123+0800 I NETWORK  [conn1] received client metadata"},
	{pattern: "%l, [%d #%P] %p -- : %m", sample: "I, [2017-11-24T13:46:54.123456 #1234]  INFO -- : ready"},
	{pattern: "%l, [%d #%P] %p -- %C: %m", sample: "I, [2017-11-24T13:46:54.123456 #1234]  INFO -- worker: ready"},
	{pattern: "%d %P TID-%t %c %i %p: %m", sample: "2017-11-24T13:46:54.123Z 1234 TID-ow8 Worker JID-1f INFO: start"},
	{pattern: "%d [%p] <%t>@%c %m", sample: "2017-11-24 13:46:54.760 [info] <0.33.0>@ejabberd_app:start:12 ready"},
	{pattern: "[%d][%P][%p][%C] %m", sample: "[2017-11-24 13:46:54.760][1][info][main] [source/server.cc:12] initializing"},
	{pattern: "[%d] [%C] [%p] %m", sample: "[2017-11-24 13:46:54.760] [worker] [info] ready"},
	{pattern: "[%d] [%p] %c - %m", sample: "[2017-11-24T13:46:54.760] [INFO] worker - ready"},
	{pattern: "[%d] %l [MSGID: %n] [%C] %w %m", sample: "[2017-11-24 13:46:54.123456] I [MSGID: 100030] [glusterfsd.c:2338:main] 0-glusterfs: started"},
	{pattern: "[%d] %l [%C] %w %m", sample: "[2017-11-24 13:46:54.123456] E [socket.c:2332:socket_connect_finish] 0-management: connection failed"},
	{pattern: "%d [%p] [%C] %m", sample: "2017-11-24 13:46:54.760 +08:00 [INF] [Example.Order] paid"},
	{pattern: "%d [ %P ] {%i} <%p> %C: %m", sample: "2017.11.24 13:46:54.123456 [ 12 ] {} <Information> Application: ready"},
	{pattern: "%d: %P: %p : %c : %m", sample: "2017-11-24 13:46:54.123+0000: 1234: error : virFork:12 : gone"},
	{pattern: "%d|%n|%C|%p|%m", sample: "2017-11-24T13:46:54.123Z|00001|vlog|INFO|opened log file"},
	{pattern: "%d %p %C[%t] [%i] %m", sample: "2017-11-24T13:46:54.123Z info hostd[1A2B3C] [Originator@6876 sub=Vimsvc] ready"},
	{pattern: "[%d, %n%i] %C:%n(%i)%m", sample: "[2017/11/24 13:46:54.123456,  0] ../source3/smbd/server.c:1241(main)"},

	{pattern: "%d %l - [%t] %m", sample: "2017-11-24T13:46:54.123+0800 I -        [initandlisten] waiting"},
	{pattern: "%d: %P: %p : %m", sample: "2017-11-24 13:46:54.123+0000: 1234: info : libvirt version: 3.2.0"},
	{pattern: "%d cpu%n:%P)%p: %m", sample: "2017-11-24T13:46:55.123Z cpu1:1235)WARNING: slow"},
	{pattern: "%d cpu%n:%P)%C: %m", sample: "2017-11-24T13:46:54.123Z cpu0:1234)ScsiDeviceIO: 2652: failed"},
	{pattern: "%d %c: %p: %m", sample: "24-Nov-2017 13:46:54.760 general: info: running"},
	{pattern: "%d - %p: %m", sample: "2017-11-24T13:46:54.760Z - info: ready"},
	{pattern: "[%p] %d %w <%t> %w %m", sample: "[info] 2017-11-24T13:46:54.123456Z couchdb@localhost <0.9.0> -------- started"},
	{pattern: "[%d] %c %p %m", sample: "[24/Nov/2017 13:46:54 +0800] settings     INFO     Welcome"},
	{pattern: "%d [%P] %h %c: %p: %m", sample: "Nov 24 13:46:54 [1234] node1    pengine:  warning: unpack_rsc_op: failed"},
	{pattern: "%d [%P] %h %c %p [%i] %m", sample: "Nov 24 13:46:54 [1234] node1 corosync notice  [TOTEM ] A new membership"},
	{pattern: "%d %w LEVEL: %p", sample: "2017-11-24-13.46.54.123456+480 I1234E123             LEVEL: Info"},
	{find: cephFind, opens: opensStamp, sample: "2017-11-24 13:46:54.123456 7f2a4d2f2700 -1 osd.0 12 heartbeat_check: no reply"},
	{find: mssqlFind, opens: opensStamp, sample: "2017-11-24 13:46:54.76 spid12s     Error: 18456, Severity: 14, State: 8."},
	{find: xorgFind, sample: "[    12.346] (II) Module \"glx\" already built-in"},

	{find: slapdFind, sample: "5a17b0df.1d5b3c00 0x7f2a4d2f2700 conn=1000 fd=12 ACCEPT from IP=192.0.2.7:51514 (IP=0.0.0.0:389)"},
	{find: slapdOldFind, sample: "5a17b0df conn=1000 op=0 BIND dn=\"\" method=128", loose: true},
	{find: uwsgiFind, sample: "[pid: 1131|app: 0|req: 1/1] 192.0.2.7 () {24 vars in 246 bytes} [Fri Nov 24 13:46:54 2017] GET / => generated 1 bytes in 0 msecs"},
	{find: raftFind, sample: "raft2017/11/24 13:46:54 INFO: 8e9e05c52164694d became follower at term 0"},
	{find: requestFind, sample: "192.0.2.7 - - [24/Nov/2017:13:46:54 +0000] \"GET / HTTP/1.1\" 200 1"},
	{find: kitchenFind, sample: "1:46PM INF ready n=7"},
	{pattern: "%d\t%i\t%p\t%m", sample: "2017-11-24T13:46:54.760Z\t5f1c-11aa\tINFO\tready"},
	{pattern: "[%C:%p,%d,%i]%m", sample: "[ns_server:info,2017-11-24T13:46:54.760Z,ns_1@192.0.2.7:<0.1.0>:ns_heart:handle_info:12]up"},

	// Android, Windows
	{pattern: "%d\t%P\t%n\t%C\t%m", sample: "2017-11-24\t13:46:54:760\t1234\t5678\tAgent\t* START *"},
	{pattern: "%d %P %n %l %C: %m", sample: "03-17 16:13:38.811  1702  2395 D WindowManager: printFreezing"},
	{pattern: "%d, %p %c %m", sample: "2016-09-28 04:30:30, Info                  CBS    Loaded Servicing Stack"},

	// machines of research centres
	{find: raslogFind, sample: "- 1117838570 2005.06.03 R02-M1-N0-C:J12-U11 2005-06-03-15.42.50.675872 R02-M1-N0-C:J12-U11 RAS KERNEL INFO instruction cache parity error corrected"},
	{pattern: "%n %h %c %w %e %n %m", sample: "134681 node-246 unix.hw state_change.unavailable 1077804742 1 Component State Change", loose: true},
	{pattern: "%d|%C|%P|%m", sample: "20171223-22:15:29:606|Step_LSC|30002312|onStandStepChanged 3579"},
	{pattern: "[%d] %C - %m", sample: "[10.30 16:49:06] chrome.exe *64 - proxy.example.com:5070 open through proxy", loose: true},
}

// undatedLayouts have a level at the start and no time. They are believed where
// most lines of a member have one of them and hardly any has a time.
var undatedLayouts = []layoutRow{
	{find: rootFind, opens: opensLevel, sample: "WARNING:root:disk is nearly full"},
	{pattern: "[%p] [%C] %m", sample: "[INFO] [worker] ready"},
	{pattern: "[%p] %m", sample: "[INFO] ready"},
	{pattern: "%p [%t] %c - %m", sample: "INFO [main] com.example.Order - paid"},
	{pattern: "%p[%n] %m", sample: "INFO[0042] ready                                        n=7"},
	{find: npmFind, sample: "12 info it worked if it ends with ok"},
	{pattern: "%p: %C[%i]%m", sample: "info: Microsoft.Hosting.Lifetime[0]"},
	{pattern: "%p: %m", sample: "ERROR: monxpmp can not be started."},
	{pattern: "%p - %m", sample: "INFO - ready"},
	{pattern: "%p %c: %m", sample: "INFO worker.main: ready"},
	{pattern: "%p %c - %m", sample: "INFO worker.main - ready"},
	{pattern: "%p %m", sample: "INFO ready"},
	{find: tagFind, sample: "dnsmasq[30633]: started, version 2.90 cachesize 150"},
	{pattern: "%l/%C(%( %)%P): %m", sample: "D/WindowManager( 1702): printFreezing"},
}
