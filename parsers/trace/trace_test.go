package trace

import (
	"strings"
	"testing"

	"forensic/event"
)

const redisFlat = `2017-11-24 13:46:54,760 - 8 - ERROR: - Error while reading from socket: ('Connection closed by server.',) Traceback (most recent call last): File "./inject_agent/agent.py", line 78, in execute self._execute() File "./inject_agent/agent.py", line 87, in _execute task = self.get_task() File "/usr/local/lib/python2.7/dist-packages/redis/connection.py", line 216, in readline self._read_from_socket() File "/usr/local/lib/python2.7/dist-packages/redis/connection.py", line 191, in _read_from_socket (e.args,))`

var finds = []struct {
	name, raw string
	want      event.Trace
}{
	{"log line, one head, frames of eight spaces", `2014-11-24 15:38:33,682 [myid:3] - WARN  [NIOServerCxn.Factory:0.0.0.0/0.0.0.0:2181:NIOServerCnxn@349] - caught end of stream exception
EndOfStreamException: Unable to read additional data from client sessionid 0x0, likely client has closed socket
        at org.apache.zookeeper.server.NIOServerCnxn.doIO(NIOServerCnxn.java:220)
        at org.apache.zookeeper.server.NIOServerCnxnFactory.run(NIOServerCnxnFactory.java:208)
        at java.lang.Thread.run(Thread.java:745)`,
		event.Trace{Language: "java", Class: "EndOfStreamException", Message: "Unable to read additional data from client sessionid 0x0, likely client has closed socket",
			Root: "EndOfStreamException", RootMessage: "Unable to read additional data from client sessionid 0x0, likely client has closed socket",
			Top: "org.apache.zookeeper.server.NIOServerCnxn.doIO(NIOServerCnxn.java:220)", Frames: 3}},
	{"packaging data, slashes in the message", "2014-11-24 19:42:44,399 [t] WARN  c - unexpected error\njava.lang.NoClassDefFoundError: org/apache/zookeeper/proto/SetWatches\n\tat org.apache.zookeeper.ClientCnxn$SendThread.primeConnection(ClientCnxn.java:867) ~[zookeeper-3.4.5.jar:3.4.5-1392090]",
		event.Trace{Language: "java", Class: "java.lang.NoClassDefFoundError", Message: "org/apache/zookeeper/proto/SetWatches", Root: "java.lang.NoClassDefFoundError", RootMessage: "org/apache/zookeeper/proto/SetWatches",
			Top: "org.apache.zookeeper.ClientCnxn$SendThread.primeConnection(ClientCnxn.java:867)", Frames: 1}},
	{"suppressed is no cause, and its message spans lines", "java.lang.RuntimeException: wrapped: a=1, b=2\n\tat T.g(T.java:6)\n\tat T.main(T.java:8)\n\tSuppressed: java.lang.IllegalStateException: close failed\nsecond line\n\t\tat T$A.close(T.java:4)\n\t\t... 2 more\n\tCaused by: java.io.IOException: aside\n\t\t... 2 more\nCaused by: java.lang.NumberFormatException: For input string: \"x\"\n\tat java.base/java.lang.Integer.parseInt(Integer.java:668)\n\t... 3 more",
		event.Trace{Language: "java", Class: "java.lang.RuntimeException", Message: "wrapped: a=1, b=2", Root: "java.lang.NumberFormatException", RootMessage: `For input string: "x"`, Top: "java.base/java.lang.Integer.parseInt(Integer.java:668)", Frames: 4}},
	{"the last cause is the root", "x.AException: a\n\tat x.A.a(A.java:1)\nCaused by: x.BException: b\n\tat x.B.b(B.java:2)\n\t... 1 more\nCaused by: x.CException: c\n\tat x.C.c(C.java:3)\n\t... 2 more",
		event.Trace{Language: "java", Class: "x.AException", Message: "a", Root: "x.CException", RootMessage: "c", Top: "x.C.c(C.java:3)", Frames: 3}},
	{"a circle is no cause", "java.lang.Exception: a\n\tat T.main(T.java:9)\nCaused by: java.lang.Exception: b\n\t... 1 more\nCaused by: [CIRCULAR REFERENCE: java.lang.Exception: a]",
		event.Trace{Language: "java", Class: "java.lang.Exception", Message: "a", Root: "java.lang.Exception", RootMessage: "b", Top: "T.main(T.java:9)", Frames: 1}},
	{"null of logback", "2026-11-20 10:39:09,737 [main] WARN  org.apache.zookeeper.ClientCnxn - Session 0x1 x\njava.lang.RuntimeException: w\n\tat L.main(L.java:1) ~[java/:na]\nCaused by: java.lang.IllegalStateException: null\n\t... 1 common frames omitted",
		event.Trace{Language: "java", Class: "java.lang.RuntimeException", Message: "w", Root: "java.lang.IllegalStateException", Top: "L.main(L.java:1)", Frames: 1}},
	{"root first", "java.io.IOException: disk\n\tat x.D.w(D.java:1)\nWrapped by: java.lang.RuntimeException: outer\n\tat x.M.m(M.java:2)",
		event.Trace{Language: "java", Class: "java.lang.RuntimeException", Message: "outer", Root: "java.io.IOException", RootMessage: "disk", Top: "x.D.w(D.java:1)", Frames: 2}},
	{"message in lines", "2020-01-01 00:00:00,000 ERROR x - failed\njava.lang.IllegalArgumentException: one\n  two: 2\nthree\n\tat x.A.a(A.java:1)",
		event.Trace{Language: "java", Class: "java.lang.IllegalArgumentException", Message: "one\n  two: 2\nthree", Root: "java.lang.IllegalArgumentException", RootMessage: "one\n  two: 2\nthree", Top: "x.A.a(A.java:1)", Frames: 1}},
	{"syslog escapes", `Nov 24 13:45:11 h app[1]: java.lang.IllegalStateException: bad#012#011at a.B.c(B.java:1)#012#011at a.B.d(B.java:2)#012Caused by: java.io.IOException: eof#012#011... 2 more`,
		event.Trace{Language: "java", Class: "java.lang.IllegalStateException", Message: "bad", Root: "java.io.IOException", RootMessage: "eof", Top: "a.B.c(B.java:1)", Frames: 2}},
	{"flattened", `ERROR failed java.lang.IllegalStateException: look at that at a.B.c(B.java:1) at a.B.d(B.java:2) Caused by: java.io.IOException: eof at a.B.e(B.java:3) ... 2 more`,
		event.Trace{Language: "java", Class: "java.lang.IllegalStateException", Message: "look at that", Root: "java.io.IOException", RootMessage: "eof", Top: "a.B.e(B.java:3)", Frames: 3}},
	{"quoted", `{"level":"ERROR","stack_trace":"java.io.IOException: Broken pipe\n\tat a.B.c(B.java:1)\n\tat a.B.d(B.java:2)\n"}`,
		event.Trace{Language: "java", Class: "java.io.IOException", Message: "Broken pipe", Root: "java.io.IOException", RootMessage: "Broken pipe", Top: "a.B.c(B.java:1)", Frames: 2}},
	{"thread", "Exception in thread \"pool-1 thread\" java.lang.NullPointerException\n\tat a.B.c(Unknown Source)\n\tat sun.reflect.NativeMethodAccessorImpl.invoke0(Native Method)",
		event.Trace{Language: "java", Class: "java.lang.NullPointerException", Root: "java.lang.NullPointerException", Top: "a.B.c(Unknown Source)", Frames: 2}},
	{"Tomcat's one space", "24-Nov-2014 19:32:43.123 SEVERE [main] org.apache.catalina.core.StandardContext.startInternal Exception\n java.lang.NoClassDefFoundError: a/b/C\n\tat a.B.<clinit>(B.java:1)",
		event.Trace{Language: "java", Class: "java.lang.NoClassDefFoundError", Message: "a/b/C", Root: "java.lang.NoClassDefFoundError", RootMessage: "a/b/C", Top: "a.B.<clinit>(B.java:1)", Frames: 1}},
	{"everything a tab deeper", "24-Nov-2014 19:32:43.123 SEVERE [main] x y\n\tjava.lang.RuntimeException: a\n\t\tat a.B.c(B.java:1)\n\tCaused by: java.io.IOException: b\n\t\tat a.B.d(B.java:2)\n\t\t... 1 more",
		event.Trace{Language: "java", Class: "java.lang.RuntimeException", Message: "a", Root: "java.io.IOException", RootMessage: "b", Top: "a.B.d(B.java:2)", Frames: 2}},
	{"no frames left", "2020-01-01 00:00:00,000 ERROR x - failed\njava.lang.NullPointerException",
		event.Trace{Language: "java", Class: "java.lang.NullPointerException", Root: "java.lang.NullPointerException"}},
	{"Windows line ends", "x\r\njava.io.EOFException: e\r\n\tat a.B.c(B.java:1)\r\n",
		event.Trace{Language: "java", Class: "java.io.EOFException", Message: "e", Root: "java.io.EOFException", RootMessage: "e", Top: "a.B.c(B.java:1)", Frames: 1}},

	{"python", "2017-11-24 13:46:54,760 - 8 - ERROR: - x\nTraceback (most recent call last):\n  File \"a.py\", line 1, in f\n    g()\n    ~^^\n  File \"b.py\", line 2, in g\n    raise E('x')\nredis.exceptions.ConnectionError: Error 111 connecting to h:6379. Connection refused.",
		event.Trace{Language: "python", Class: "redis.exceptions.ConnectionError", Message: "Error 111 connecting to h:6379. Connection refused.", Root: "redis.exceptions.ConnectionError", RootMessage: "Error 111 connecting to h:6379. Connection refused.", Top: `File "b.py", line 2, in g`, Frames: 2}},
	{"chain: the first is the root, the last is what went up", "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    g()\nKeyError: 'k'\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"a.py\", line 3, in f\n    raise ValueError(1)\nValueError: 1\n\nThe above exception was the direct cause of the following exception:\n\nTraceback (most recent call last):\n  File \"a.py\", line 9, in <module>\n    f()\napp.AppError: failed\n",
		event.Trace{Language: "python", Class: "app.AppError", Message: "failed", Root: "KeyError", RootMessage: "'k'", Top: `File "a.py", line 1, in f`, Frames: 3}},
	{"repeated frames", "Traceback (most recent call last):\n  File \"r.py\", line 2, in f\n    f()\n  File \"r.py\", line 2, in f\n    f()\n  [Previous line repeated 996 more times]\nRecursionError: maximum recursion depth exceeded",
		event.Trace{Language: "python", Class: "RecursionError", Message: "maximum recursion depth exceeded", Root: "RecursionError", RootMessage: "maximum recursion depth exceeded", Top: `File "r.py", line 2, in f`, Frames: 998}},
	{"group", "  + Exception Group Traceback (most recent call last):\n  |   File \"g.py\", line 1, in <module>\n  |     raise ExceptionGroup('msg', [ValueError(1), TypeError(2)])\n  | ExceptionGroup: msg (2 sub-exceptions)\n  +-+---------------- 1 ----------------\n    | ValueError: 1\n    +---------------- 2 ----------------\n    | TypeError: 2\n    +------------------------------------",
		event.Trace{Language: "python", Class: "ExceptionGroup", Message: "msg (2 sub-exceptions)", Root: "ValueError", RootMessage: "1", Top: `File "g.py", line 1, in <module>`, Frames: 1}},
	{"syntax error", "  File \"x.py\", line 3\n    def f(:\n          ^\nSyntaxError: invalid syntax",
		event.Trace{Language: "python", Class: "SyntaxError", Message: "invalid syntax", Root: "SyntaxError", RootMessage: "invalid syntax", Top: `File "x.py", line 3`, Frames: 1}},
	{"syntax error below frames", "Traceback (most recent call last):\n  File \"m.py\", line 1, in <module>\n    import x\n  File \"x.py\", line 3\n    def f(:\n          ^\nSyntaxError: invalid syntax",
		event.Trace{Language: "python", Class: "SyntaxError", Message: "invalid syntax", Root: "SyntaxError", RootMessage: "invalid syntax", Top: `File "x.py", line 3`, Frames: 2}},
	{"prefix on every line", "2017-11-24 13:45:11.123 1234 ERROR nova.compute [req-1] Traceback (most recent call last):\n2017-11-24 13:45:11.123 1234 ERROR nova.compute [req-1]   File \"/n.py\", line 7, in call\n2017-11-24 13:45:11.123 1234 ERROR nova.compute [req-1]     x()\n2017-11-24 13:45:11.123 1234 ERROR nova.compute [req-1] MessagingTimeout: Timed out waiting",
		event.Trace{Language: "python", Class: "MessagingTimeout", Message: "Timed out waiting", Root: "MessagingTimeout", RootMessage: "Timed out waiting", Top: `File "/n.py", line 7, in call`, Frames: 1}},
	{"one line, no exception behind it", redisFlat,
		event.Trace{Language: "python", Class: Unnamed, Root: Unnamed, Top: `File "/usr/local/lib/python2.7/dist-packages/redis/connection.py", line 191, in _read_from_socket`, Frames: 4}},
	{"one line, with the exception", `ERROR x Traceback (most recent call last): File "a.py", line 1, in f g(1) File "b.py", line 2, in g raise ValueError("no") ValueError: no`,
		event.Trace{Language: "python", Class: "ValueError", Message: "no", Root: "ValueError", RootMessage: "no", Top: `File "b.py", line 2, in g`, Frames: 2}},
	{"python in syslog", `Nov 24 13:45:11 h app: failed#012Traceback (most recent call last):#012  File "a.py", line 1, in f#012    g()#012KeyError: 'k'`,
		event.Trace{Language: "python", Class: "KeyError", Message: "'k'", Root: "KeyError", RootMessage: "'k'", Top: `File "a.py", line 1, in f`, Frames: 1}},
	{"no message", "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nKeyboardInterrupt",
		event.Trace{Language: "python", Class: "KeyboardInterrupt", Root: "KeyboardInterrupt", Top: `File "a.py", line 1, in f`, Frames: 1}},
	{"message in lines, up to a blank one", "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nValueError: one\ntwo\n\nnot three",
		event.Trace{Language: "python", Class: "ValueError", Message: "one\ntwo", Root: "ValueError", RootMessage: "one\ntwo", Top: `File "a.py", line 1, in f`, Frames: 1}},

	{"go", "panic: runtime error: index out of range [3] with length 0\n\ngoroutine 1 [running]:\nmain.f(...)\n\t/src/main.go:9\nmain.main()\n\t/src/main.go:13 +0x592\nexit status 2",
		event.Trace{Language: "go", Class: "panic", Message: "runtime error: index out of range [3] with length 0", Root: "panic", RootMessage: "runtime error: index out of range [3] with length 0", Top: "main.f(...)", Frames: 2}},
	{"go, panicking twice", "panic: first [recovered]\n\tpanic: second w\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x1]\n\ngoroutine 7 [running]:\npanic({0x1?, 0x2?})\n\t/usr/lib/go/src/runtime/panic.go:787 +0x132\nmain.w()\n\t/src/w.go:3 +0x1",
		event.Trace{Language: "go", Class: "panic", Message: "second w", Root: "panic", RootMessage: "first", Top: "main.w()", Frames: 2}},
	{"go deadlock", "fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [chan receive (nil chan)]:\nmain.main()\n\t/m.go:5 +0x1\n",
		event.Trace{Language: "go", Class: "fatal error", Message: "all goroutines are asleep - deadlock!", Root: "fatal error", RootMessage: "all goroutines are asleep - deadlock!", Top: "main.main()", Frames: 1}},
	{"node with cause", "Error: outer\n    at Foo.baz (/p/n.js:1:90)\n    at async run (/p/n.js:9:1) {\n  [cause]: TypeError: inner\n      at bar (/p/n.js:2:4)\n      at node:internal/main:1:2\n}\n\nNode.js v20.20.2",
		event.Trace{Language: "node", Class: "Error", Message: "outer", Root: "TypeError", RootMessage: "inner", Top: "bar (/p/n.js:2:4)", Frames: 4}},
	{"node, code and properties", "node:fs:573\n  return x\n         ^\n\nError [ERR_X]: no such file, open '/nope'\n    at Object.openSync (node:fs:573:18) {\n  errno: -2,\n  code: 'ENOENT'\n}",
		event.Trace{Language: "node", Class: "Error", Message: "no such file, open '/nope'", Root: "Error", RootMessage: "no such file, open '/nope'", Top: "Object.openSync (node:fs:573:18)", Frames: 1}},
	{"dotnet", "Unhandled exception. System.InvalidOperationException: outer\n ---> System.IO.IOException: disk\n   at N.D.W(String path, Int32 n) in C:\\p\\d.cs:line 10\n   --- End of inner exception stack trace ---\n   at N.P.Main()",
		event.Trace{Language: "dotnet", Class: "System.InvalidOperationException", Message: "outer", Root: "System.IO.IOException", RootMessage: "disk", Top: "N.D.W(String path, Int32 n) in C:\\p\\d.cs:line 10", Frames: 2}},
	{"php", "PHP Fatal error:  Uncaught PDOException: SQLSTATE[HY000] in /a/db.php:12\nStack trace:\n#0 /a/db.php(12): PDO->__construct('x')\n#1 {main}\n\nNext App\\DbError: no database in /a/i.php:3\nStack trace:\n#0 {main}\n  thrown in /a/i.php on line 3",
		event.Trace{Language: "php", Class: `App\DbError`, Message: "no database", Root: "PDOException", RootMessage: "SQLSTATE[HY000]", Top: "/a/db.php(12): PDO->__construct('x')", Frames: 3}},
}

func TestFind(t *testing.T) {
	for _, c := range finds {
		got, ok := Find(c.raw)
		if !ok {
			t.Errorf("%s: nothing found", c.name)
		} else if got != c.want {
			t.Errorf("%s:\n got %+v\nwant %+v", c.name, got, c.want)
		}
	}
}

func TestFindNothing(t *testing.T) {
	for name, raw := range map[string]string{
		"plain":        "2020-01-01 INFO all is well\nand stays so",
		"thread dump":  "\"main\" #1 prio=5 os_prio=0 tid=0x1 nid=0x2 waiting on condition\n   java.lang.Thread.State: TIMED_WAITING (sleeping)\n\tat java.lang.Thread.sleep(java.base@17.0.21/Native Method)\n\tat a.B.c(B.java:1)",
		"stack info":   "Stack (most recent call last):\n  File \"a.py\", line 1, in f\n    g()",
		"prose":        "meet me at noon (bring.cake)\nor at five",
		"goroutines":   "goroutine 1 [select]:\nmain.main()\n\t/m.go:5 +0x1",
		"caller place": "12:00:00 INFO (NIOServerCnxn.java:220) - accepted at once",
		"empty":        "",
	} {
		if got, ok := Find(raw); ok {
			t.Errorf("%s: found %+v", name, got)
		}
	}
}

func TestFlattened(t *testing.T) {
	for line, want := range map[string]bool{
		redisFlat: true,
		"x java.io.EOFException at a.B.c(B.java:1) at a.B.d(B.java:2)": true,
		"x#012#011at a.B.c(B.java:1)":                                  true,
		`"java.io.E: x\n\tat a.B.c(B.java:1)"`:                         true,
		"all is well at noon":                                          false,
		"a #012 b":                                                     false,
	} {
		if got := Flattened(line); got != want {
			t.Errorf("Flattened(%q) = %v", line, got)
		}
	}
}

func TestContinues(t *testing.T) {
	for line, want := range map[string]bool{
		"\tat a.B.c(B.java:1)": true, "    at fn (/p/x.js:1:2)": true, "   at N.P.Main()": true,
		"\t... 3 more": true, "\t... 3 common frames omitted": true, "Caused by: java.io.IOException: x": true,
		"\tSuppressed: x.Y: z": true, `  File "a.py", line 1, in f`: true, "    ~~~^^^": true,
		"Traceback (most recent call last):": true, "java.lang.IllegalStateException": true, "EndOfStreamException: Unable to": true,
		"goroutine 1 [running]:": true, " ---> System.IO.IOException: x": true, "#0 /a.php(1): f()": true,
		"2014-11-24 15:38:33,682 INFO x": false, "at noon": false, "all is well": false, "": false, "... and so on": false, "# comment": false,
	} {
		if got := Continues(line); got != want {
			t.Errorf("Continues(%q) = %v", line, got)
		}
	}
}

func TestFrames(t *testing.T) {
	got := Frames(redisFlat)
	if len(got) != 4 || got[3] != (Frame{"_read_from_socket", "/usr/local/lib/python2.7/dist-packages/redis/connection.py", 191}) {
		t.Errorf("python: %+v", got)
	}
	got = Frames("x.YException: z\n\tat java.base/a.B.c(B.java:12)\n\tat a.D.e(Native Method)")
	if len(got) != 2 || got[0] != (Frame{"a.B.c", "B.java", 12}) {
		t.Errorf("java: %+v", got)
	}
	got = Frames("panic: x\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/m.go:13 +0x592")
	if len(got) != 1 || got[0] != (Frame{"main.main", "/src/m.go", 13}) {
		t.Errorf("go: %+v", got)
	}
}

func TestFindAllocatesNothing(t *testing.T) {
	raw := finds[0].raw
	if n := testing.AllocsPerRun(100, func() { Find(raw); Flattened(raw) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// A trace's pieces are pieces of the record, whatever the record is.
func FuzzFind(f *testing.F) {
	for _, c := range finds {
		f.Add(c.raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		tr, ok := Find(raw)
		if ok && tr.Class == "" {
			t.Errorf("a trace without a class: %+v", tr)
		}
		for _, piece := range []string{tr.Message, tr.Root, tr.RootMessage, tr.Top} {
			if piece != Unnamed && !strings.Contains(raw, piece) {
				t.Errorf("%q is not in the record", piece)
			}
		}
		Frames(raw)
		Flattened(raw)
		Continues(raw)
	})
}
