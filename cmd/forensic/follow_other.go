//go:build !unix

package main

import "os"

// followSignals ask for a report while following goes on: there is none here.
var followSignals []os.Signal

func isReportSignal(os.Signal) bool { return false }
