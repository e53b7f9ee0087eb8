package main

import (
	"os"
	"runtime/debug"
)

// What is read is garbage a moment later and little is kept, so the collector
// may wait until there is several times as much: a run of it costs what is kept.
// Near the bound it works as hard as it must. Who sets GOGC or GOMEMLIMIT knows
// better.
const (
	heapGrowth = 400       // percent of what is kept
	heapBound  = 176 << 20 // of everything the process holds; the promise is 256 MiB
)

func tuneHeap() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(heapGrowth)
		debug.SetMemoryLimit(heapBound)
	}
}
