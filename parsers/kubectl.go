package parsers

import (
	"strconv"
	"strings"

	"forensic/event"
)

// What kubectl get prints. RESTARTS may hold blanks ("3 (5d ago)"), pasted rows
// lose the blanks between columns, and a grep takes the header.
//
//	NAME              READY   STATUS    RESTARTS   AGE
//	coreapirc-nty68   1/1     Running   0          2m
var _ = addSnapshot(Format{
	Name:  "kubectl",
	Doc:   "kubectl get: pods, nodes, services, workloads, events and other objects.",
	Files: []string{"kubectl*", "*pods*.txt", "*nodes*.txt"},
	Kinds: []event.Kind{kubePod, kubeNode, kubeService, kubeWorkload, kubeEvent, kubeObject},
	Sniff: func(head []byte) Score {
		var k kubectl
		rows := 0
		sc := snapshotScore(head, func(line string) bool {
			switch k.kindOf(line) {
			case kubectlOther:
				return false
			case kubectlRow:
				rows++
			}
			return true
		})
		if rows == 0 {
			return Score{0, "no row of a listing"}
		}
		return sc
	},
	Parse: snapshotOf(kubectlRead),
})

var (
	kubePod = event.Kind{
		Name: "kube.pod", Joins: true, Doc: "A pod in a listing. Its age is what the listing printed, and the least number of seconds that means: an order of listings needs no clock.",
		Attrs: []string{"namespace", "name", "ready", "status", "restarts", "restarted", "age", "age_seconds", "ip", "node", "labels"},
	}
	kubeNode = event.Kind{
		Name: "kube.node", Joins: true, Doc: "A node in a listing.",
		Attrs: []string{"name", "status", "roles", "age", "age_seconds", "version", "ip", "external_ip", "os", "kernel", "runtime", "labels"},
	}
	kubeService = event.Kind{
		Name: "kube.service", Joins: true, Doc: "A service in a listing.",
		Attrs: []string{"namespace", "name", "type", "ip", "external_ip", "ports", "age", "age_seconds", "selector"},
	}
	kubeWorkload = event.Kind{
		Name: "kube.workload", Joins: true, Doc: "A deployment, replica set, stateful or daemon set in a listing.",
		Attrs: []string{"namespace", "name", "ready", "desired", "current", "up_to_date", "available", "age", "age_seconds", "images", "selector"},
	}
	kubeEvent = event.Kind{
		Name: "kube.event", Doc: "An event of the cluster in a listing; seen is how long before it.",
		Attrs: []string{"namespace", "seen", "age_seconds", "type", "reason", "object", "source", "count", "message"},
	}
	kubeObject = event.Kind{
		Name: "kube.object", Joins: true, Doc: "An object of another kind in a listing.",
		Attrs: []string{"namespace", "name", "status", "age", "age_seconds"},
	}
)

// kubectlColumns gives columns their attributes, whatever is listed; a kind
// takes those it declares.
var kubectlColumns = map[string]string{
	"NAMESPACE": "namespace", "NAME": "name", "READY": "ready", "STATUS": "status", "RESTARTS": "restarts", "AGE": "age", "IP": "ip", "NODE": "node", "LABELS": "labels",
	"ROLES": "roles", "VERSION": "version", "INTERNAL-IP": "ip", "EXTERNAL-IP": "external_ip", "OS-IMAGE": "os", "KERNEL-VERSION": "kernel", "CONTAINER-RUNTIME": "runtime",
	"TYPE": "type", "CLUSTER-IP": "ip", "PORT(S)": "ports", "SELECTOR": "selector", "DESIRED": "desired", "CURRENT": "current", "UP-TO-DATE": "up_to_date", "AVAILABLE": "available",
	"IMAGES": "images", "IMAGE(S)": "images", "LAST SEEN": "seen", "LASTSEEN": "seen", "REASON": "reason", "OBJECT": "object", "SOURCE": "source", "COUNT": "count", "MESSAGE": "message",
	"PHASE": "status",
}

// A kubectlLine is what a line of a listing is.
type kubectlLine uint8

const (
	kubectlOther kubectlLine = iota
	kubectlHeader
	kubectlRow
	kubectlNote // "No resources found", what an operator's command answered
)

type kubectl struct {
	w    words
	cols columns
	kind string
}

func (k *kubectl) kindOf(line string) kubectlLine {
	k.w.split(line)
	w := &k.w
	switch {
	case k.header(line):
		return kubectlHeader
	case strings.HasPrefix(line, "No resources found"), strings.HasPrefix(line, "Flag --"), strings.HasPrefix(line, "Error from server"), strings.HasPrefix(line, "Unable to connect to the server"):
		return kubectlNote
	case k.kind != "" && w.n >= 2 && line[0] != ' ' && w.n >= min(len(k.cols.names)-3, 3):
		return kubectlRow
	case k.kind == "" && kubectlPodAt(w) >= 0:
		return kubectlRow
	}
	return kubectlOther
}

// header recognises the names of columns: capitals, a name or an age among them.
func (k *kubectl) header(line string) bool {
	first := k.w.at(0)
	if first != "NAME" && first != "NAMESPACE" && first != "LAST" && first != "LASTSEEN" {
		return false
	}
	for i := range k.w.n {
		if !isUpper(k.w.at(i)) {
			return false
		}
	}
	k.cols = readColumns(line, false, kubectlColumns)
	if !k.cols.has("NAME") && !k.cols.has("OBJECT") {
		return false
	}
	switch has := k.cols.has; {
	case has("REASON") && has("MESSAGE"):
		k.kind = kubeEvent.Name
	case has("RESTARTS"):
		k.kind = kubePod.Name
	case has("PORT(S)"):
		k.kind = kubeService.Name
	case has("ROLES"), has("STATUS") && has("VERSION"):
		k.kind = kubeNode.Name
	case has("AVAILABLE"), has("DESIRED"), has("READY") && has("AGE"):
		k.kind = kubeWorkload.Name
	case has("AGE"):
		k.kind = kubeObject.Name
	default:
		return false
	}
	return true
}

// kubectlPodAt finds where in a row without a header the readiness of a pod
// stands: "name 1/1 Running 7 34d", perhaps behind a namespace.
func kubectlPodAt(w *words) int {
	for i := 1; i <= 2 && i+3 < w.n; i++ {
		ready, all, ok := strings.Cut(w.at(i), "/")
		if ok && isNumber(ready) && isNumber(all) && isNumber(w.at(i+2)) {
			age := i + 3
			if strings.HasPrefix(w.at(age), "(") {
				age += 2
			}
			if _, ok := kubeAge(w.at(age)); ok && w.at(i+1) != "" && w.at(i + 1)[0] >= 'A' {
				return i
			}
		}
	}
	return -1
}

func kubectlRead(s *snapshot) {
	var k kubectl
	for i := range s.n() {
		line := s.line(i)
		switch k.kindOf(line) {
		case kubectlHeader, kubectlNote:
			s.claim(i)
		case kubectlRow:
			k.send(s, i, line)
		}
	}
}

// send emits a row. Its cells are parted by two blanks where that gives as many
// as there are columns, else by one.
func (k *kubectl) send(s *snapshot, i int, line string) {
	cols, kind := k.cols, k.kind
	if kind == "" {
		kind = kubePod.Name
		names := []string{"NAMESPACE", "NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE"}
		cols = readColumns(strings.Join(names[2-kubectlPodAt(&k.w):], " "), true, kubectlColumns)
	}
	cells := wideCells(line)
	if len(cells) != len(cols.names) {
		cells = kubectlCells(&k.w, cols.names)
	}
	e := s.begin(kind, i, i)
	cols.fill(e, cells)
	for n := range e.Attrs {
		a := &e.Attrs[n]
		if num, ago, ok := strings.Cut(a.Value, " ("); ok && a.Name == "restarts" {
			a.Value = num
			e.Set("restarted", strings.TrimSuffix(ago, ")"))
			break
		}
	}
	age := e.Attrs.Get("age") + e.Attrs.Get("seen")
	if sec, ok := kubeAge(age); ok {
		e.Set("age_seconds", strconv.Itoa(sec))
	}
	kubectlKeep(e, kind)
	s.send()
}

// kubectlKeep leaves out what the kind does not declare.
func kubectlKeep(e *event.Event, kind string) {
	for _, k := range [...]event.Kind{kubePod, kubeNode, kubeService, kubeWorkload, kubeEvent, kubeObject} {
		if k.Name != kind {
			continue
		}
		kept := e.Attrs[:0]
		for _, a := range e.Attrs {
			for _, name := range k.Attrs {
				if a.Name == name {
					kept = append(kept, a)
				}
			}
		}
		e.Attrs = kept
	}
}

// kubectlCells gives each column a word; restarts may have three, and the last
// column has the rest.
func kubectlCells(w *words, names []string) []string {
	var cells []string
	at := 0
	for k, name := range names {
		if at >= w.n {
			break
		}
		to := at + 1
		switch {
		case k == len(names)-1:
			to = w.n
		case name == "RESTARTS" && strings.HasPrefix(w.at(to), "(") && strings.HasSuffix(w.at(to+1), ")"):
			to += 2
		}
		cells = append(cells, w.between(at, to))
		at = to
	}
	return cells
}

// kubeAge is the least number of seconds that an age means: 2m is 120, and
// 2m13s is 133. "<invalid>" and "<unknown>" are none.
func kubeAge(s string) (seconds int, ok bool) {
	for s != "" {
		n := 0
		for n < len(s) && isDigit(s[n]) {
			n++
		}
		if n == 0 || n > 6 || n == len(s) {
			return 0, false
		}
		v := atoi(s[:n])
		switch s[n] {
		case 's':
		case 'm':
			v *= 60
		case 'h':
			v *= 3600
		case 'd':
			v *= 86400
		case 'y':
			v *= 365 * 86400
		default:
			return 0, false
		}
		seconds += v
		s, ok = s[n+1:], true
	}
	return seconds, ok
}
