package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"time"

	"forensic/bundle"
	"forensic/report"
)

// A notifier runs the user's command for changes of findings, one after
// another, each finding and state once. What the command prints is not shown;
// that it failed is.
type notifier struct {
	command string
	told    func(bundle.Fault)
	done    map[string]bool
	queue   chan report.Change
	lost    int
	wg      sync.WaitGroup
}

const (
	notifyTakes = 30 * time.Second // a command may take so long
	notifyQueue = 1000             // and so many may wait for it
)

// newNotifier returns nil where no command is given.
func newNotifier(command string, told func(bundle.Fault)) *notifier {
	if command == "" {
		return nil
	}
	n := &notifier{command: command, told: told, done: map[string]bool{}, queue: make(chan report.Change, notifyQueue)}
	n.wg.Go(n.run)
	return n
}

// take hands a change to the command, unless it had one of that finding and
// state.
func (n *notifier) take(c report.Change) {
	if n == nil {
		return
	}
	key := c.ID + " " + c.State
	if n.done[key] {
		return
	}
	n.done[key] = true
	if c.State == "cleared" {
		for _, state := range []string{"opened", "grew", "cleared"} { // its id does not come again
			delete(n.done, c.ID+" "+state)
		}
	}
	select {
	case n.queue <- c:
	default:
		n.lost++
	}
}

func (n *notifier) run() {
	for c := range n.queue {
		if err := n.one(c); err != nil {
			n.told(bundle.Fault{Path: "--notify " + n.command, What: fmt.Sprintf("%s of %s: %s", c.State, c.ID, err)})
		}
	}
}

func (n *notifier) one(c report.Change) error {
	line, err := c.JSONLine()
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(context.Background(), notifyTakes)
	defer stop()
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", n.command)
	cmd.Stdin = bytes.NewReader(line)
	cmd.WaitDelay = time.Second
	var said bytes.Buffer
	cmd.Stderr = &limitedBuffer{b: &said, left: 200}
	err = cmd.Run()
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("it took longer than %s and was stopped", notifyTakes)
	case err != nil && said.Len() > 0:
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(said.String()))
	}
	return err
}

// close waits for the commands.
func (n *notifier) close() {
	if n == nil {
		return
	}
	close(n.queue)
	n.wg.Wait()
	if n.lost > 0 {
		n.told(bundle.Fault{Path: "--notify " + n.command, What: fmt.Sprintf("%d changes came faster than the command could take them and were left out", n.lost)})
	}
}

// A limitedBuffer keeps the first bytes.
type limitedBuffer struct {
	b    *bytes.Buffer
	left int
}

func (l *limitedBuffer) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	l.b.Write(p[:n])
	l.left -= n
	return len(p), nil
}
