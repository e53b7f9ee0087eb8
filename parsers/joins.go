package parsers

import "strings"

// zookeeperJoins tells whether a record is one in which ZooKeeper, server or
// client, names a connection or a session that others may name too.
func zookeeperJoins(_, text string) bool {
	if len(text) < 16 {
		return false
	}
	switch text[0] {
	case 'A':
		return strings.HasPrefix(text, "Accepted socket ")
	case 'C':
		return strings.HasPrefix(text, "Closed socket co")
	case 'E':
		return strings.HasPrefix(text, "Established sess") || strings.HasPrefix(text, "Expiring session")
	case 'S':
		return strings.HasPrefix(text, "Socket connectio") || strings.HasPrefix(text, "Session establis")
	case 'U':
		return strings.HasPrefix(text, "Unable to reconn")
	}
	return false
}

// syslogJoins is the same for what programs send to a system log: logins,
// clocks that were set, sessions through a proxy.
func syslogJoins(component, text string) bool {
	switch name := programName(component); name {
	case "", "kernel", "CRON", "crond":
		return false
	case "sshd", "sshd-session":
		return strings.HasPrefix(text, "Accepted ")
	case "systemd":
		return strings.Contains(text, "Time has been")
	default:
		return programs[name] != nil || zookeeperJoins(component, text)
	}
}
