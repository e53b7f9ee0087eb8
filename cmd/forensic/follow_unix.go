//go:build unix

package main

import (
	"os"
	"syscall"
)

// followSignals ask for a report while following goes on.
var followSignals = []os.Signal{syscall.SIGUSR1}

func isReportSignal(s os.Signal) bool { return s == syscall.SIGUSR1 }
