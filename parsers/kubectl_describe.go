package parsers

import (
	"strings"

	"forensic/event"
)

// What kubectl describe says of pods and nodes: who they are, what their
// containers last did, conditions and events.
//
//	Name:         coreapirc-nty68
//	    Last State:     Terminated
//	      Reason:       OOMKilled
var _ = addSnapshot(Format{
	Name:  "kubectl_describe",
	Doc:   "kubectl describe: an object's containers, conditions and events.",
	Files: []string{"kubectl_describe*", "*describe*.txt"},
	Kinds: []event.Kind{kubeContainer, kubeCondition, kubeEvent, kubeObject},
	Sniff: func(head []byte) Score {
		names, other, colons := 0, 0, 0
		for line := range headLines(head) {
			key, _, ok := strings.Cut(strings.TrimSpace(line), ":")
			switch {
			case key == "Namespace" || key == "Controlled By" || key == "Node-Selectors" || key == "Roles" || key == "Conditions" || key == "Annotations" || key == "QoS Class" || key == "Tolerations":
				names++
			case ok:
				colons++
			case line[0] != ' ':
				other++
			}
		}
		if names < 2 || !strings.HasPrefix(strings.TrimLeft(string(head[:min(len(head), 200)]), "\r\n "), "Name:") {
			return Score{0, "no object is described"}
		}
		return Score{0.95 * float64(names+colons) / float64(names+colons+other), "an object and its fields"}
	},
	Parse: snapshotOf(kubectlDescribeRead),
})

var (
	kubeContainer = event.Kind{
		Name: "kube.container", Doc: "A container of a pod that was described; last_* is how it ended before.",
		Attrs: []string{"pod", "namespace", "name", "image", "state", "reason", "exit_code", "started", "finished", "last_state", "last_reason", "last_exit_code", "last_started", "last_finished", "ready", "restarts"},
	}
	kubeCondition = event.Kind{
		Name: "kube.condition", Doc: "A condition of an object that was described.",
		Attrs: []string{"object", "namespace", "type", "status", "reason", "message"},
	}
)

// A kubeText is where in a description we are:
//
//	top         fields of the object; left by "Containers:", "Conditions:" or "Events:"
//	containers  a name with a colon at two blanks begins one, its fields stand deeper
//	conditions  a table under Type and Status
//	events      a table under Type, Reason, Age
type kubeText struct {
	name, namespace, kind string
	part                  string
	container             string
	first                 int
	fields                event.Attrs
	last                  bool // inside "Last State"
	cols                  columns
}

func kubectlDescribeRead(s *snapshot) {
	var k kubeText
	for i := range s.n() {
		line := s.line(i)
		in := len(line) - len(strings.TrimLeft(line, " "))
		key, value, ok := strings.Cut(strings.TrimSpace(line), ":")
		value = strings.TrimSpace(value)
		if in == 0 && ok {
			k.flush(s, i-1)
			k.part = ""
			s.claim(i)
			switch key {
			case "Name":
				k.name, k.namespace = value, ""
				e := s.begin(kubeObject.Name, i, i)
				e.Set("name", value)
				s.send()
			case "Namespace":
				k.namespace = value
			case "Containers", "Init Containers", "Conditions", "Events":
				k.part = key
				k.cols = columns{}
			}
			continue
		}
		switch k.part {
		case "Containers", "Init Containers":
			s.claim(i)
			k.containerLine(s, i, in, key, value, ok)
		case "Conditions", "Events":
			s.claim(i)
			k.tableLine(s, i, line)
		default:
			if in > 0 || strings.TrimSpace(line) == "" {
				s.claim(i)
			}
		}
	}
	k.flush(s, s.n()-1)
}

// containerLine takes a line of the containers.
func (k *kubeText) containerLine(s *snapshot, i, in int, key, value string, ok bool) {
	if !ok {
		return
	}
	if in == 2 && value == "" {
		k.flush(s, i-1)
		k.container, k.first = key, i
		return
	}
	prefix := ""
	if in >= 6 && k.last {
		prefix = "last_"
	}
	set := func(name string) { k.fields = append(k.fields, event.Attr{Name: prefix + name, Value: value}) }
	switch key {
	case "Image":
		set("image")
	case "State":
		k.last = false
		prefix = ""
		set("state")
	case "Last State":
		k.last = true
		prefix = ""
		set("last_state")
	case "Reason":
		set("reason")
	case "Exit Code":
		set("exit_code")
	case "Started":
		set("started")
	case "Finished":
		set("finished")
	case "Ready":
		k.last = false
		prefix = ""
		set("ready")
	case "Restart Count":
		k.last = false
		prefix = ""
		set("restarts")
	}
}

// flush emits the container that was read.
func (k *kubeText) flush(s *snapshot, last int) {
	if k.container != "" {
		e := s.begin(kubeContainer.Name, k.first, max(last, k.first))
		e.Set("pod", k.name)
		e.Set("namespace", k.namespace)
		e.Set("name", k.container)
		for _, a := range k.fields {
			if !e.Attrs.Has(a.Name) {
				e.Set(a.Name, a.Value)
			}
		}
		s.send()
	}
	k.container, k.fields, k.last = "", nil, false
}

// tableLine takes a row of conditions or events.
func (k *kubeText) tableLine(s *snapshot, i int, line string) {
	cells := wideCells(line)
	if len(cells) == 0 || strings.HasPrefix(cells[0], "---") {
		return
	}
	if len(k.cols.names) == 0 {
		if cells[0] == "Type" || cells[0] == "FirstSeen" || cells[0] == "LastSeen" {
			k.cols = readColumns(line, false, kubeDescribed)
		}
		return
	}
	if k.part == "Conditions" {
		e := s.begin(kubeCondition.Name, i, i)
		e.Set("object", k.name)
		e.Set("namespace", k.namespace)
		k.cols.fill(e, cells)
		kept := e.Attrs[:0]
		for _, a := range e.Attrs {
			if a.Name != "seen" && a.Name != "source" {
				kept = append(kept, a)
			}
		}
		e.Attrs = kept
		s.send()
		return
	}
	e := s.begin(kubeEvent.Name, i, i)
	e.Set("object", k.name)
	e.Set("namespace", k.namespace)
	k.cols.fill(e, cells)
	for n := range e.Attrs {
		if a := &e.Attrs[n]; a.Name == "seen" { // "2m (x5 over 10m)"
			seen, times, ok := strings.Cut(a.Value, " (x")
			if ok {
				a.Value = seen
				e.Set("count", leadingDigits(times))
			}
			break
		}
	}
	s.send()
}

var kubeDescribed = map[string]string{"Type": "type", "Status": "status", "Reason": "reason", "Message": "message", "Age": "seen", "From": "source", "LastSeen": "seen", "Count": "count"}
