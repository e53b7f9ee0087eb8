package parsers

import (
	"encoding/json"
	"strconv"
	"strings"

	"forensic/event"
)

// What docker inspect and podman inspect print of containers: one array of
// objects, of which this is read.
//
//	"State": {"Status": "exited", "OOMKilled": true, "ExitCode": 137, "FinishedAt": "2024-03-02T11:14:04Z"},
var _ = addSnapshot(Format{
	Name:  "inspect",
	Doc:   "docker inspect: containers with their states.",
	Files: []string{"docker_inspect*", "podman_inspect*", "*inspect*.json"},
	Kinds: []event.Kind{containerState},
	Sniff: func(head []byte) Score {
		text := strings.TrimSpace(string(head))
		if !strings.HasPrefix(text, "[") || !strings.Contains(text, `"Id": "`) || !strings.Contains(text, `"State": {`) || !strings.Contains(text, `"ExitCode"`) {
			return Score{0, "no array of containers"}
		}
		return Score{0.97, "containers with their states"}
	},
	Parse: snapshotOf(inspectRead),
})

var containerState = event.Kind{
	Name: "container.state", Doc: "What became of a container: its time is when it finished, or started where it runs.",
	Attrs: []string{"id", "name", "image", "status", "exit_code", "oom_killed", "error", "started", "finished", "restarts", "health"},
}

type inspected struct {
	ID, Name     string
	RestartCount int
	Config       struct{ Image string }
	State        struct {
		Status, Error, StartedAt, FinishedAt string
		OOMKilled                            bool
		ExitCode                             int
		Health                               *struct{ Status string }
	}
}

func inspectRead(s *snapshot) {
	var all []inspected
	if err := json.Unmarshal([]byte(s.text), &all); err != nil {
		s.odd(0, "the array of containers cannot be read as JSON")
		return
	}
	line := 0
	for k := range all {
		c := &all[k]
		for line < s.n() && !(strings.Contains(s.line(line), `"Id": "`) && strings.Contains(s.line(line), c.ID)) {
			line++
		}
		if line == s.n() || c.ID == "" {
			break
		}
		inspectSend(s, line, c)
	}
	for i := range s.n() {
		s.claim(i)
	}
}

func inspectSend(s *snapshot, i int, c *inspected) {
	e := s.begin(containerState.Name, i, i)
	running := c.State.Status == "running" || c.State.Status == "paused"
	for _, at := range []string{c.State.StartedAt, c.State.FinishedAt} {
		if st, n := stampAt(at); n == len(at) && n > 0 && !st.Impossible && !strings.HasPrefix(at, "0001-") {
			if at == c.State.FinishedAt && running {
				continue
			}
			e.Stamp = st
		}
	}
	e.Set("id", c.ID)
	e.Set("name", strings.TrimPrefix(c.Name, "/"))
	e.Set("image", c.Config.Image)
	e.Set("status", c.State.Status)
	if !running {
		e.Set("exit_code", strconv.Itoa(c.State.ExitCode))
	}
	if c.State.OOMKilled {
		e.Set("oom_killed", "yes")
	}
	e.Set("error", c.State.Error)
	e.Set("started", c.State.StartedAt)
	if !strings.HasPrefix(c.State.FinishedAt, "0001-") {
		e.Set("finished", c.State.FinishedAt)
	}
	e.Set("restarts", strconv.Itoa(c.RestartCount))
	if c.State.Health != nil {
		e.Set("health", c.State.Health.Status)
	}
	s.send()
}
