package parsers

// javaLayouts are the layouts that Java programs are shipped with: log4j 1 and
// 2, logback, java.util.logging, Spring Boot, and those of known servers. Where
// one line fits two, the first is meant.
var javaLayouts = []layoutRow{
	// what kill -3 prints into a log
	{find: dumpFind, sample: "\"main\" #1 prio=5 os_prio=0 tid=0x00007f2a4400b800 nid=0x30df runnable [0x00007f2a4d2f1000]"},
	{find: dumpFind, sample: "Full thread dump OpenJDK 64-Bit Server VM (25.151-b12 mixed mode):"},

	// Spring Boot: app name and correlation in brackets from 3.2 and 3.4 on
	{pattern: "%d %p %P --- [%i] [%t] [%i] %c : %m", sample: "2023-01-24T13:45:11.123+08:00  INFO 1234 --- [shop] [           main] [65d1c2-91] c.example.Shop                           : Started"},
	{pattern: "%d %p %P --- [%i] [%t] %c : %m", sample: "2023-01-24T13:45:11.123+08:00  INFO 1234 --- [shop] [           main] c.example.Shop                           : Started"},
	{pattern: "%d %p [%i] %P --- [%t] %c : %m", sample: "2019-01-24 13:45:11.123  INFO [shop,65d1c2,91,false] 1234 --- [nio-8080-exec-1] c.example.Shop                           : paid"},
	{pattern: "%d %p %P --- [%t] %c : %m", sample: "2017-11-24 13:45:11.123  INFO 1234 --- [           main] o.s.b.w.e.tomcat.TomcatWebServer         : Tomcat started"},

	// ZooKeeper and its relatives: the class stands behind the thread
	{find: zookeeperFind, opens: opensStamp, sample: "2014-11-24 15:38:33,348 [myid:3] - INFO  [NIOServerCxn.Factory:0.0.0.0/0.0.0.0:2181:NIOServerCnxn@1001] - Closed socket connection"},
	{find: zooCFind, opens: opensStamp, sample: "2014-11-24 19:42:44,399:1234(0x7f2a4d2f2700):ZOO_INFO@check_events@1728: initiated connection to server [192.0.2.1:2181]"},
	{pattern: "%d - %p %P:%i:%C@%n - %m", sample: "2017-11-24 13:46:54,760 - INFO  1:Gossip:Gossiper@812 - up"},

	// Flume; JBoss and WildFly
	{pattern: "%d %p [%t] (%C) - %m", sample: "24 Nov 2017 13:46:54,760 INFO  [lifecycleSupervisor-1-0] (org.apache.flume.node.Application.start:109)  - Starting"},
	{pattern: "%d %p [%C] (%t) %m", sample: "2017-11-24 13:46:54,760 INFO  [org.jboss.as] (MSC service thread 1-6) WFLYSRV0025: started"},

	// Hive, Tez
	{pattern: "%d %p [%t]: %c (%i) - %m", sample: "2017-11-24 13:46:54,760 INFO  [main]: ql.Driver (Driver.java:execute(1234)) - Starting"},
	{pattern: "%d %p [%t] %c (%i) - %m", sample: "2017-11-24 13:46:54,760 INFO  [main] conf.Configuration (Configuration.java:load(12)) - loaded"},
	{pattern: "%d [%p] [%t] |%C|: %m", sample: "2017-11-24 13:46:54,760 [INFO] [main] |app.DAGAppMaster|: Created"},
	{pattern: "%d %p %c (%i) - %m", sample: "2017-11-24 13:46:54,760 INFO  conf.Configuration (Configuration.java:load(12)) - loaded"},

	// Kafka: the logger stands behind the message, which may have several lines
	{pattern: "[%d] %p %m (%c)", sample: "[2017-11-24 13:46:54,760] INFO [KafkaServer id=1] started (kafka.server.KafkaServer)"},

	// Nexus, Jira, SonarQube
	{pattern: "%d %t %p %i [%D] %m", sample: "2017-11-24 13:46:54,760 http-nio-8080-exec-3 INFO u1 826x1x1 abc 192.0.2.3 /rest/api [c.a.jira.x.Y] created"},
	{pattern: "%d %p %i[%i][%C] %m", sample: "2017.11.24 13:46:54 INFO  app[][o.s.a.SchedulerImpl] SonarQube is up"},

	// level, thread, logger behind the date, in any order
	{pattern: "%d %p [%t] [%i] %c - %m", sample: "2017-11-24 13:46:54,760 INFO  [main] [user=u1] com.example.Order - paid"},
	{pattern: "%d %p [%t] %w %c - %m", sample: "2017-11-24 13:46:54,760+0000 INFO  [FelixStartLevel] *SYSTEM org.sonatype.nexus.Activator - start"},
	{pattern: "%d %p [%t] %c - %m", sample: "2017-11-24 13:46:54,760 INFO  [main] com.example.Order:12 - paid"},
	{pattern: "%d %p [%t] %c: %m", sample: "2015-10-18 18:01:47,978 INFO [main] org.apache.hadoop.mapreduce.v2.app.MRAppMaster: Created MRAppMaster"},
	{pattern: "%d %p [%t] %c : %m", sample: "2017-11-24 13:46:54.760 INFO [main] com.example.Order : paid"},
	{pattern: "%d %p [%F] [%t] %m", sample: "2017-11-24 13:46:54,760 ERROR [worker.py:12] [Thread-1] gone"},
	{pattern: "%d %p [%t] [%C] - %m", sample: "2017-11-24 13:46:54,760 INFO  [main] [com.example.Order] - paid"},
	{pattern: "%d %p [%t] [%C] %m", sample: "2017-11-24 13:46:54,760 INFO  [qtp1-12] [c.p.p.Main] Finished"},
	{pattern: "%d %p [%t] %J %m", sample: "24-Nov-2014 19:32:43.123 INFO [main] org.apache.catalina.startup.Catalina.start Server startup in 1234 ms"},
	{pattern: "%d %p (%t) [%i] %J %m", sample: "2017-11-24 13:46:54.760 INFO  (qtp1-12) [c:books s:shard1 r:r1] o.a.s.c.S.Request webapp=/solr"},
	{pattern: "%d %p (%t) %J %m", sample: "2017-11-24 13:46:54.760 INFO  (main) o.a.s.c.CoreContainer loaded"},
	{pattern: "%d [%t] %p %c [%i] - %m", sample: "2017-11-24 13:46:54,760 [main] INFO  com.example.Order [u1] - paid"},
	{pattern: "%d [%t] %p %c - %m", sample: "2014-11-24 19:42:44,399 [Thread-3-SendThread(192.0.2.1:4181)] WARN  org.apache.zookeeper.ClientCnxn - Session 0x149c21809731325"},
	{pattern: "%d [%t] %p %c: %m", sample: "2017-11-24 13:46:54,760 [main] INFO  com.example.Order: paid"},
	{pattern: "%d [%t] %p %c : %m", sample: "2017-11-24 13:46:54,760 [main] INFO  com.example.Order : paid"},
	{pattern: "%d [%t] %p [%C] - %m", sample: "2017-11-24 13:46:54,760 [main] INFO  [com.example.Order] - paid"},
	{pattern: "%d [%t] [%i] %p %c - %m", sample: "2017-11-24 13:46:54,760 [main] [u1] INFO  com.example.Order - paid"},
	{pattern: "%d %n [%t] %p %c - %m", sample: "2017-11-24 13:46:54 467  [main] INFO  com.example.Order - paid"},
	{pattern: "%d [%t] %p %J %m", sample: "2017-11-24 13:46:54,760 [main] INFO  com.example.Order paid"},
	{pattern: "%d [%p] [%t] %c - %m", sample: "2017-11-24 13:46:54,760 [INFO] [main] com.example.Order - paid"},
	{pattern: "%d [%p] [%t] [%C] - %m", sample: "2017-11-24 13:46:54,760 [INFO ] [main] [com.example.Order] - paid"},
	{pattern: "%d [%p] [%t] [%C] %m", sample: "2017-11-24 13:46:54,760 [INFO ] [main] [com.example.Order] paid"},
	{pattern: "%d [%t] [%p] %c - %m", sample: "2017-11-24 13:46:54,760 [main] [INFO ] com.example.Order - paid"},
	{pattern: "%d [%t] [%p] %c: %m", sample: "2017-11-24 13:46:54,760 [main] [INFO ] com.example.Order: paid"},
	{pattern: "%d %c %t [%p] %m", sample: "2017-11-24 13:46:54.760 o.a.s.d.nimbus main [INFO] Starting Nimbus"},
	{pattern: "%d|%p|%D|%m", sample: "2017-11-24 13:46:54.7601|INFO|Example.Order|paid"},
	{pattern: "%d|%p|%t|%C|%m", sample: "2017-11-24 13:46:54.760|INFO|main|com.example.Order|paid"},
	{pattern: "%d | %p | %T | %C | %i | %m", sample: "2017-11-24T13:46:54,760 | INFO  | FelixStartLevel | BlueprintExtender | 12 - org.apache.aries - 1.0 | started"},
	{pattern: "%d | %p | %m | %c | %t", sample: "2017-11-24 13:46:54,760 | INFO  | Apache ActiveMQ 5.15.2 started | org.apache.activemq.broker.BrokerService | main"},
	{pattern: "%d\t%p\t%C\t%f\t%m", sample: "2017-11-24T13:45:11.123+0800\tINFO\tworker\tworker/run.go:12\tready\t{\"n\": 1}"},
	{pattern: "%d\t%p\t%t\t%C\t%m", sample: "2017-11-24T13:46:54.760+0800\tINFO\tmain\tio.airlift.bootstrap.Bootstrap\tstarted"},
	{pattern: "%d [%i]\t%p\t%C: %m", sample: "2023-01-24 13:45:11.123+0000 [id=1]\tINFO\thudson.WebAppMain#contextInitialized: ready"},

	// level before the date
	{pattern: "%p [%t] %d %c - %m", sample: "INFO  [main] 2017-11-24 13:46:54,760 CassandraDaemon.java:471 - Classpath"},
	{pattern: "%( %)%p [%d] (%C) - %m", sample: " INFO [2017-11-24 13:46:54,760] ({main} ZeppelinServer.java[main]:124) - Start"},
	{pattern: "%p [%d] %c: %m", sample: "INFO  [2017-11-24 13:46:54,760] com.example.Order: paid"},
	{pattern: "%p [%d] [%t] %c - %m", sample: "INFO  [2017-11-24 13:46:54,760] [main] com.example.Order - paid"},
	{pattern: "[%p] %d [%t] %c - %m", sample: "[INFO ] 2017-11-24 13:46:54.760 [main] com.example.Order - paid"},
	{pattern: "[%p] [%d] [%t] [%C] %m", sample: "[INFO] [11/24/2017 13:46:54.760] [sys-akka.actor.default-dispatcher-2] [akka://sys/user/a] up"},

	// no thread
	{pattern: "%d %P %p %c: %m", sample: "081109 203518 143 INFO dfs.DataNode$DataXceiver: Receiving block blk_1"},
	{pattern: "%d %p %c [%i] - %m", sample: "2017-11-24 13:46:54,760 INFO  org.apache.flink.runtime.jobmaster.JobMaster     [] - Starting"},
	{pattern: "%d %p %c - %m", sample: "2017-11-24 13:46:54,760 INFO  com.example.Order  - paid"},
	{pattern: "%d %p %c: %m", sample: "17/06/09 20:10:40 INFO executor.CoarseGrainedExecutorBackend: Registered signal handlers for [TERM, HUP, INT]"},
	{pattern: "%d %p %c : %m", sample: "2017-11-24 13:46:54,760 INFO com.example.Order : paid"},
	{pattern: "%d [%p] %c - %m", sample: "2017-11-24 13:46:54,760 [INFO] com.example.Order - paid"},
	{pattern: "%d [%p] %J %m", sample: "2017-11-24 13:46:54,760 [INFO] com.example.Order paid"},
	{pattern: "%d %p [%D] %m", sample: "2017-11-24 13:46:54,760 INFO  [com.example.Order] paid"},
	{pattern: "%d:%p:%C:%t: %m", sample: "2017-11-24 13:46:54.760:INFO:oejs.Server:main: jetty-9.4"},

	// brackets without anything between them: Elasticsearch, Logstash, Ignite
	{pattern: "[%d][%p][%C] [%i] %m", sample: "[2017-11-24T13:46:54,760][INFO ][o.e.n.Node               ] [node-1] started"},
	{pattern: "[%d][%p][%t][%C] %m", sample: "[13:46:54,760][INFO][main][IgniteKernal] started"},
	{pattern: "[%d][%p][%C] %m", sample: "[2017-11-24T13:46:54,760][INFO ][logstash.agent           ] Pipelines running"},
	{pattern: "[%d] [%t] %p %c : %m", sample: "[2017-11-24 13:46:54,760] [main] INFO  com.example.Order : paid"},
	{pattern: "[%d] [%t] %p %c - %m", sample: "[2017-11-24 13:46:54,760] [main] INFO  com.example.Order - paid"},
	{pattern: "[%d] [%p] [%t] %c - %m", sample: "[2017-11-24 13:46:54,760] [INFO] [main] com.example.Order - paid"},
	{pattern: "[%d] [%t/%p]: %m", sample: "[13:46:54] [Server thread/INFO]: Done"},
	{pattern: "[%d] [%t/%p] [%C]: %m", sample: "[24Nov2017 13:46:54.760] [main/INFO] [net.example.Loader/CORE]: Done"},
	{pattern: "[%d] %p {%C} - %m", sample: "[2017-11-24 13:46:54,760]  INFO {org.wso2.carbon.core.internal.CarbonCoreActivator} - Starting"},
	{find: monologFind, opens: opensMarkedStamp, sample: "[2017-11-24T13:46:54.760000+08:00] app.ERROR: gone {\"id\":7} []"},
	{pattern: "[%d] PHP %p: %m", sample: "[24-Nov-2017 13:46:54 UTC] PHP Warning:  mysqli_connect(): refused"},
	{find: phpFind, opens: opensMarkedStamp, sample: "[24-Nov-2017 13:46:54 UTC] PHP Fatal error:  Uncaught Exception"},
	// Dubbo's log4j.properties writes day, month, year; WebSphere month, day, year
	{pattern: "[%d] %t %p %c: %m", sample: "[24/11/17 13:46:54:760 CST] main  INFO zookeeper.ZookeeperRegistry: [DUBBO] Register, dubbo version: 2.5.3, current host: 192.0.2.7"},
	{pattern: "[%d] %w %c O %m", sample: "[11/24/17 13:46:55:760 CST] 0000002a SystemOut     O gone"},
	{pattern: "[%d] %w %c R %m", sample: "[11/24/17 13:46:55:760 CST] 0000002a SystemErr     R gone"},
	{pattern: "[%d] %w %c %l %m", sample: "[11/24/17 13:46:54:760 CST] 00000001 ManagerAdmin  I   TRAS0017I: started"},
	{find: weblogicFind, sample: "####<Nov 24, 2017 1:46:54 PM CST> <Info> <Server> <app-07> <Admin> <main> <<WLS Kernel>> <> <> <1511502311123> <BEA-002613> <Listening>"},
	{find: weblogicFind, sample: "<Nov 24, 2017 1:46:54 PM CST> <Notice> <WebLogicServer> <BEA-000365> <Server state changed>"},
	{pattern: "[%d] [%i] [%p] [%i] [%C] [tid: %T] [%i] [%i] [[%m", sample: "[2017-11-24T13:46:54.760+0800] [glassfish 4.1] [INFO] [] [javax.enterprise.system.core] [tid: _ThreadID=1 _ThreadName=main] [timeMillis: 1] [levelValue: 800] [["},
	{pattern: "[#|%d|%p|%i|%C|%t|%m", sample: "[#|2017-11-24T13:46:54.760+0800|INFO|glassfish3.1|javax.enterprise|_ThreadID=1;|up|#]"},

	// milliseconds since the start, with or without a date behind them
	{pattern: "%n %d [%t] %p %c - %m", sample: "0    20 Nov 2026 05:55:46,741 [main] INFO  org.apache.zookeeper.ZooKeeper  - Client environment"},
	{find: javaTTCC, sample: "467 [main] INFO com.example.Order - paid"},

	// java.util.logging's two lines, and a time alone, with the text below it
	{find: javaTwoLines, opens: opensStamp, sample: "Nov 24, 2014 7:32:43 PM org.apache.catalina.loader.WebappClassLoader loadClass"},
}
