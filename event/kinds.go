package event

// Kinds that several formats emit. A kind of one format alone stands in its file.
var (
	KernelMessage = Kind{
		Name: "kernel.message", Doc: "A message of the kernel.",
		Attrs: []string{Host, "uptime"},
		Again: []string{"callbacks suppressed", "message repeated"},
	}
	KernelSuppressed = Kind{
		Name: "kernel.suppressed", Doc: "The kernel left out messages of a limiter, and no earlier message tells which.",
		Attrs: []string{Host, "limiter", "suppressed"},
	}
	LogMessage = Kind{
		Name: "log.message", Doc: "A record of a log that no format knows more about.",
		Attrs: []string{Host, PID, Thread, Class, Client, Server, Session},
		Again: []string{"message repeated"},
	}
	SocketRow = Kind{
		Name: "socket.row", Doc: "One socket in a snapshot.",
		Attrs: []string{"proto", "local", "peer", "state", "recv_queue", "send_queue", PID, "program", "user", "inode", "timer", Client, Server},
		Joins: true,
	}
	SocketStates = Kind{
		Name: "socket.states", Doc: "How many sockets of one state, local port and peer host a snapshot shows; a loopback connection counts once.",
		Attrs: []string{"proto", "state", "local.host", "local.port", "peer.host", "peer.port", "count", "role"},
	}
	SysctlSetting = Kind{
		Name: "sysctl.setting", Doc: "The value of a kernel parameter when it was read, or when an operator set it.",
		Attrs: []string{"name", "value", "set"},
	}
	HostClock = Kind{
		Name: "host.clock", Doc: "A host stated its time or zone.",
		Attrs: []string{"zone", "zone_name", "source", "synchronized", "stepped"},
		Joins: true,
	}
	HostName = Kind{
		Name: "host.name", Doc: "A host stated its name or one of its addresses.",
		Attrs: []string{Host, "address", "alias"},
		Joins: true,
	}
	OperatorRan = Kind{
		Name: "operator.ran", Doc: "Somebody ran a command that a transcript shows.",
		Attrs: []string{Host, "user", "dir", "command", "program", "changes"},
		Joins: true,
	}
)
