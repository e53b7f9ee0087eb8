package main

// The records of the four logs, with their weights. The wording is that of the
// programs named. About every sixteenth line holds one of the patterns of
// patterns.go, never more than one; and about as many records meet a selection
// of the rules that come with the program, which is what costs: what a rule asks
// for is decoded, kept and replayed.

var syslogTemplates = []template{
	parse(90, "{at} zk1 systemd[1]: Started Session {n 90000} of user {user}."),
	parse(60, "{at} zk1 systemd-logind[812]: New session {n 90000} of user {user}."),
	parse(12, "{at} zk1 sshd[{n 32000}]: Accepted publickey for {user} from {ip} port {port} ssh2: RSA SHA256:{hex 43}"),
	parse(120, "{at} zk1 sshd[{n 32000}]: Received disconnect from {ip} port {port}:11: disconnected by user"),
	parse(150, "{at} zk1 sshd[{n 32000}]: pam_unix(sshd:session): session opened for user {user} by (uid=0)"),
	parse(100, "{at} zk1 CROND[{n 32000}]: ({user}) CMD (/usr/lib64/sa/sa1 1 1)"),
	parse(60, "{at} zk1 CROND[{n 32000}]: ({user}) CMD (/opt/report/bin/collect.sh --job {n 400} >/dev/null 2>&1)"),
	parse(70, "{at} zk1 haproxy[2145]: {client} [02/Mar/2024:10:14:03.{n 999}] www~ app/{host} {n 20}/0/{n 5}/{n 900}/{n 1200} 200 {n 90000} \"GET {path} HTTP/1.1\""),
	parse(80, "{at} zk1 dhclient[934]: DHCPACK from {ip} (xid=0x{hex 8})"),
	parse(60, "{at} zk1 postfix/smtpd[{n 32000}]: connect from {host}[{ip}]"),
	parse(50, "{at} zk1 postfix/qmgr[1422]: {hex 10}: from=<{user}@example.com>, size={n 90000}, nrcpt=1 (queue active)"),
	parse(24, "{at} zk1 dockerd[1203]: time=\"2024-03-02T10:14:03.{n 999}Z\" level=info msg=\"ignoring event\" container={hex 64} module=libcontainerd"),
	parse(4, "{at} zk1 chronyd[655]: Selected source {ip}"),
	parse(4, "{at} zk1 sudo: {user} : TTY=pts/{n 9} ; PWD=/home/{user} ; USER=root ; COMMAND=/bin/systemctl status zookeeper"),
	parse(80, "{at} zk1 kernel: [{n 900000}.{n 999999}] IN=eth0 OUT= SRC={ip} DST={ip} LEN={n 1500} TTL={n 64} ID={n 65535} PROTO=TCP SPT={port} DPT=22 WINDOW={n 65535} SYN"),
	parse(34, "{at} zk1 kernel: TCP: time wait bucket table overflow"),
	parse(14, "{at} zk1 kernel: nf_conntrack: table full, dropping packet."),
	parse(3, "{at} zk1 kernel: possible SYN flooding on port 2181. Sending cookies."),
	parse(1, "{at} zk1 kernel: Out of memory: Kill process {n 32000} (java) score {n 999} or sacrifice child"),
	parse(2, "{at} zk1 kernel: EXT4-fs error (device sdb1): ext4_find_entry:1455: inode #{n 900000}: comm java: reading directory lblock 0"),
	parse(20, "{at} zk1 sshd[{n 32000}]: Failed password for {user} from {ip} port {port} ssh2"),
}

const nio = "[NIOServerCxn.Factory:0.0.0.0/0.0.0.0:2181:"

var zookeeperTemplates = []template{
	parse(40, "{at} [myid:3] - INFO  "+nio+"NIOServerCnxnFactory@197] - Accepted socket connection from /{client}\n"+
		"{at} [myid:3] - INFO  "+nio+"ZooKeeperServer@839] - Client attempting to establish new session at /{same}\n"+
		"{at} [myid:3] - INFO  [CommitProcessor:3:ZooKeeperServer@595] - Established session 0x34{hex 13} with negotiated timeout {n 40000} for client /{same}"),
	parse(300, "{at} [myid:3] - INFO  [ProcessThread(sid:3 cport:2181)::PrepRequestProcessor@476] - Processed session termination for sessionid: 0x34{hex 13}"),
	parse(30, "{at} [myid:3] - INFO  "+nio+"NIOServerCnxn@1001] - Closed socket connection for client /{client} which had sessionid 0x34{hex 13}"),
	parse(30, "{at} [myid:3] - INFO  "+nio+"NIOServerCnxnFactory@197] - Accepted socket connection from /{client}\n"+
		"{at} [myid:3] - WARN  "+nio+"NIOServerCnxn@349] - caught end of stream exception\n"+
		"EndOfStreamException: Unable to read additional data from client sessionid 0x0, likely client has closed socket\n"+
		"\tat org.apache.zookeeper.server.NIOServerCnxn.doIO(NIOServerCnxn.java:220)\n"+
		"\tat org.apache.zookeeper.server.NIOServerCnxnFactory.run(NIOServerCnxnFactory.java:208)\n"+
		"\tat java.lang.Thread.run(Thread.java:724)\n"+
		"{at} [myid:3] - INFO  "+nio+"NIOServerCnxn@1001] - Closed socket connection for client /{same} (no session established for client)"),
	parse(20, "{at} [myid:3] - INFO  "+nio+"NIOServerCnxn@829] - Processing ruok command from /{client}\n"+
		"{at} [myid:3] - INFO  "+nio+"NIOServerCnxn@1001] - Closed socket connection for client /{same} (no session established for client)"),
	parse(300, "{at} [myid:3] - INFO  [ProcessThread(sid:3 cport:2181)::PrepRequestProcessor@627] - Got user-level KeeperException when processing sessionid:0x34{hex 13} type:create cxid:0x{hex 4} zxid:0x{hex 10} txntype:-1 reqpath:n/a Error Path:/lock/{hex 6} Error:KeeperErrorCode = NodeExists for /lock"),
	parse(100, "{at} [myid:3] - INFO  [QuorumPeer[myid=3]/0.0.0.0:2181:FileTxnSnapLog@240] - Snapshotting: 0x{hex 10} to /opt/zookeeper/data/version-2/snapshot.{hex 10}"),
	parse(12, "{at} [myid:3] - WARN  "+nio+"NIOServerCnxnFactory@193] - Too many connections from /192.0.2.2{n 5} - max is 60"),
	parse(16, "{at} [myid:3] - INFO  [SessionTracker:ZooKeeperServer@325] - Expiring session 0x34{hex 13}, timeout of {n 40000}ms exceeded"),
	parse(3, "{at} [myid:3] - WARN  [SyncThread:3:FileTxnLog@321] - fsync-ing the write ahead log in SyncThread:3 took {n 9000}ms which will adversely effect operation latency. See the ZooKeeper troubleshooting guide"),
	parse(4, "{at} [myid:3] - WARN  [WorkerSender[myid=3]:QuorumCnxManager@368] - Cannot open channel to 2 at election address /203.0.113.12:3888\n"+
		"java.net.ConnectException: Connection refused\n"+
		"\tat java.net.PlainSocketImpl.socketConnect(Native Method)\n"+
		"\tat java.net.AbstractPlainSocketImpl.doConnect(AbstractPlainSocketImpl.java:339)\n"+
		"\tat java.net.Socket.connect(Socket.java:579)\n"+
		"\tat org.apache.zookeeper.server.quorum.QuorumCnxManager.connectOne(QuorumCnxManager.java:354)"),
	parse(2, "{at} [myid:3] - WARN  "+nio+"NIOServerCnxn@354] - Exception causing close of session 0x0 due to java.io.IOException: Len error 1195725856"),
}

var log4jTemplates = []template{
	parse(260, "{at} INFO  [http-nio-8080-exec-{n 40}] c.e.shop.web.RequestLog - {ip} GET {path}?page={n 90} 200 {n 90000} bytes in {n 900} ms user={user} trace={hex 16}"),
	parse(160, "{at} DEBUG [http-nio-8080-exec-{n 40}] c.e.shop.order.OrderService - order {n 9000000} priced at {n 900}.{n 99} with {n 30} items for {hex 12}"),
	parse(120, "{at} INFO  [scheduler-{n 8}] c.e.shop.stock.StockSync - synchronised {n 5000} items from {host} in {n 4000} ms, cursor {hex 12}"),
	parse(110, "{at} DEBUG [pool-{n 4}-thread-{n 16}] c.e.shop.cache.LocalCache - evicted {n 500} entries, {n 90000} remain, hit rate 0.{n 999}"),
	parse(90, "{at} INFO  [kafka-consumer-{n 6}] c.e.shop.events.Consumer - partition {n 24} offset {n 900000000} lag {n 5000} key {hex 16}"),
	parse(30, "{at} INFO  [main-SendThread({host}:2181)] org.apache.zookeeper.ClientCnxn - Session establishment complete on server {host}/{ip}:2181, sessionid = 0x34{hex 13}, negotiated timeout = {n 40000}"),
	parse(40, "{at} WARN  [http-nio-8080-exec-{n 40}] c.e.shop.web.RateLimit - client {ip} exceeded {n 900} requests a minute"),
	parse(5, "{at} ERROR [http-nio-8080-exec-{n 40}] c.e.shop.web.ErrorPage - request {hex 16} failed\n"+
		"java.lang.OutOfMemoryError: GC overhead limit exceeded\n"+
		"\tat java.util.Arrays.copyOf(Arrays.java:3332)\n\tat java.lang.StringBuilder.append(StringBuilder.java:136)\n"+
		"\tat c.e.shop.report.Export.render(Export.java:{n 400})\n\tat c.e.shop.web.ReportController.download(ReportController.java:88)"),
	parse(12, "{at} WARN  [main-SendThread({host}:2181)] org.apache.zookeeper.ClientCnxn - Session 0x34{hex 13} for server {host}/{ip}:2181, unexpected error, closing socket connection and attempting reconnect\n"+
		"java.lang.NoClassDefFoundError: org/apache/zookeeper/proto/SetWatches\n"+
		"\tat org.apache.zookeeper.ClientCnxn$SendThread.primeConnection(ClientCnxn.java:867)\n"+
		"\tat org.apache.zookeeper.ClientCnxnSocketNIO.doTransport(ClientCnxnSocketNIO.java:352)\n"+
		"\tat org.apache.zookeeper.ClientCnxn$SendThread.run(ClientCnxn.java:1068)"),
	parse(26, "{at} WARN  [http-nio-8080-exec-{n 40}] c.e.shop.db.Pool - Connection pool exhausted: {n 50} active, {n 200} waiting, oldest {n 90000} ms"),
	parse(26, "{at} ERROR [pool-{n 4}-thread-{n 16}] c.e.shop.pay.Gateway - payment {hex 12} could not be confirmed, attempt {n 3}\n"+
		"java.net.SocketTimeoutException: Read timed out\n"+
		"\tat java.net.SocketInputStream.socketRead0(Native Method)\n\tat java.net.SocketInputStream.read(SocketInputStream.java:170)\n"+
		"\tat sun.security.ssl.InputRecord.readFully(InputRecord.java:465)\n\tat c.e.shop.pay.Gateway.confirm(Gateway.java:{n 300})\n"+
		"\tat c.e.shop.pay.Retry.lambda$run$0(Retry.java:41)\n\tat java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:1142)"),
	parse(22, "{at} ERROR [scheduler-{n 8}] c.e.shop.stock.Lock - could not take the lock of {host}\n"+
		"org.apache.zookeeper.KeeperException$ConnectionLossException: KeeperErrorCode = ConnectionLoss for /locks/stock/{n 900}\n"+
		"\tat org.apache.zookeeper.KeeperException.create(KeeperException.java:99)\n\tat org.apache.zookeeper.ZooKeeper.create(ZooKeeper.java:783)\n"+
		"\tat c.e.shop.stock.Lock.take(Lock.java:{n 200})"),
}

var pythonTemplates = []template{
	parse(220, "{at} - {n 40} - INFO - worker.tasks - task {task}[{hex 8}-{hex 4}-{hex 4}-{hex 12}] succeeded in {n 90}.{n 999}s"),
	parse(160, "{at} - {n 40} - DEBUG - worker.queue - popped {hex 16} from queue prices, {n 5000} left"),
	parse(110, "{at} - {n 40} - INFO - worker.http - GET https://{host}.example.com{path}?since={n 900000} 200 {n 90000}"),
	parse(60, "{at} - {n 40} - WARNING - worker.tasks - task {task} took {n 900} s, expected {n 60}"),
	parse(16, "{at} - {n 40} - ERROR - worker.redis - could not pop from queue prices\n"+
		"Traceback (most recent call last):\n"+
		"  File \"/opt/worker/lib/queue.py\", line {n 200}, in pop\n    item = self.connection.lpop(self.name)\n"+
		"  File \"/opt/worker/lib/site-packages/redis/client.py\", line 1329, in lpop\n    return self.execute_command('LPOP', name)\n"+
		"  File \"/opt/worker/lib/site-packages/redis/connection.py\", line 492, in connect\n    raise ConnectionError(self._error_message(e))\n"+
		"redis.exceptions.ConnectionError: Connection closed by server."),
	parse(12, "{at} - {n 40} - ERROR - worker.tasks - Task {task}[{hex 8}] raised unexpected: KeyError('{hex 6}')\n"+
		"Traceback (most recent call last):\n"+
		"  File \"/opt/worker/lib/tasks.py\", line {n 400}, in run\n    return self.function(*args)\n"+
		"  File \"/opt/worker/lib/feed.py\", line {n 300}, in import_prices\n    price = prices[key]\n"+
		"KeyError: '{hex 6}'"),
	parse(14, "{at} - {n 40} - ERROR - worker.db - (1213, 'Deadlock found when trying to get lock; try restarting transaction') statement {hex 8}"),
}
