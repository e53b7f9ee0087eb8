package parsers

import (
	"strings"

	"forensic/event"
)

// applicationPlain tells the records of an application's log that no decoder
// makes more of: neither ZooKeeper's loggers nor a thread dump.
func applicationPlain(e *event.Event) bool {
	return !isThreaddump(e) && !mayBeZooKeeper(e.Component)
}

// mayBeZooKeeper is isZooKeeper behind a look at the first byte, since every
// record is asked.
func mayBeZooKeeper(logger string) bool {
	if logger == "" {
		return false
	}
	switch logger[0] {
	case 'a', 'D', 'J', 'O', 'k', 'o', 's', 'q', 'z', 'C', 'E', 'F', 'L', 'N', 'P', 'Q', 'R', 'S', 'Z':
		return isZooKeeper(logger)
	}
	return false
}

// syslogPlain tells the messages of programs that have no kinds of their own.
func syslogPlain(e *event.Event) bool {
	switch {
	case strings.HasPrefix(e.Text, repeatedLast), strings.HasPrefix(e.Text, "message repeated "):
		return false // it may stand for anything
	case e.Component == "kernel":
		return !isSuppression(e.Text)
	}
	return programs[programName(e.Component)] == nil && !mayBeZooKeeper(e.Component)
}
