package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// A pattern is what a rule might ask of a line, in the syntax that Go, grep -E
// and rg share. Its literal is in every line it matches and, in this corpus, in
// no other, so the corpus can be counted while it is written.
type pattern struct{ name, expr, literal string }

var patterns = []pattern{
	{"time-wait-overflow", `time wait bucket table overflow`, "time wait bucket table overflow"},
	{"conntrack-full", `nf_conntrack: table full`, "nf_conntrack: table full"},
	{"syn-flooding", `[Pp]ossible SYN flooding on port [0-9]+`, "ossible SYN flooding on port "},
	{"out-of-memory-kill", `Out of memory: Kill(ed)? process [0-9]+`, "Out of memory: Kill"},
	{"filesystem-error", `EXT4-fs error \(device [a-z0-9]+\)`, "EXT4-fs error (device "},
	{"failed-password", `Failed password for (invalid user )?[a-z0-9]+ from`, "Failed password for "},
	{"end-of-stream", `Unable to read additional data from client sessionid 0x[0-9a-f]+`, "Unable to read additional data from client"},
	{"too-many-connections", `Too many connections from /[0-9.]+ - max is [0-9]+`, "Too many connections from /"},
	{"session-expired", `Expiring session 0x[0-9a-f]+, timeout of [0-9]+ms exceeded`, "Expiring session 0x"},
	{"slow-fsync", `fsync-ing the write ahead log in [A-Za-z0-9:]+ took [0-9]+ms`, "fsync-ing the write ahead log"},
	{"election-unreachable", `Cannot open channel to [0-9]+ at election address`, "Cannot open channel to "},
	{"stray-protocol", `Len error -?[0-9]+`, "Len error "},
	{"heap-exhausted", `java\.lang\.OutOfMemoryError`, "java.lang.OutOfMemoryError"},
	{"class-missing", `NoClassDefFoundError: [A-Za-z/]+`, "NoClassDefFoundError: "},
	{"pool-exhausted", `Connection pool exhausted: [0-9]+ active`, "Connection pool exhausted: "},
	{"read-timeout", `SocketTimeoutException: Read timed out`, "SocketTimeoutException: Read timed out"},
	{"lost-connection", `KeeperErrorCode = (ConnectionLoss|SessionExpired) for`, "KeeperErrorCode = ConnectionLoss"},
	{"redis-closed", `redis\.exceptions\.ConnectionError: Connection closed`, "redis.exceptions.ConnectionError: "},
	{"task-failed", `Task [a-z_.]+\[[0-9a-f]+\] raised unexpected`, "] raised unexpected: "},
	{"deadlock", `Deadlock found when trying to get lock`, "Deadlock found when trying to get lock"},
}

// fates are the ends of the capture's connections, and how contracts of this program name them.
var fates = []struct{ name, open, tls string }{
	{"tls-established", "", "established"},
	{"tls-resumed", "", "resumed"},
	{"tls-alert", "", "alert"},
	{"tls-client-hello", "", "client_hello"},
	{"tls-client-hello-reset", "", "client_hello_reset"},
	{"refused", "refused", ""},
	{"no-answer", "no_answer", ""},
}

// writeRules writes what asks for the patterns: a file for grep and rg, and the same as rules.
func writeRules(out string, m *Manifest) error {
	var list strings.Builder
	for _, p := range patterns {
		if !regexp.MustCompile(p.expr).MatchString(example(p)) {
			return fmt.Errorf("pattern %s does not match its own record", p.name)
		}
		list.WriteString(p.expr + "\n")
		if err := writeRule(out, "rules/corpus/"+p.name, "{line: '"+p.expr+"'}"); err != nil {
			return err
		}
	}
	if err := writeRule(out, "rules/corpus/flows", "{kind: flow.summary}"); err != nil {
		return err
	}
	for _, f := range fates {
		where := "{kind: flow.summary, where: {tls: " + f.tls + "}}"
		if f.tls == "" {
			where = "{kind: flow.summary, where: {open: " + f.open + "}}"
		}
		if err := writeRule(out, "rules/corpus/flows-"+f.name, where); err != nil {
			return err
		}
	}
	for i := range 180 {
		text := fmt.Sprintf("{text: 'component %s-%03d entered an impossible state: [0-9]+'}", []string{"alpha", "kilo", "sierra", "tango"}[i%4], i)
		if err := writeRule(out, fmt.Sprintf("more-rules/corpus/rule-%03d", i), text); err != nil {
			return err
		}
	}
	m.Files = append(m.Files, File{Path: "rules"}, File{Path: "more-rules"})
	return os.WriteFile(filepath.Join(out, "patterns.txt"), []byte(list.String()), 0o644)
}

// writeRule writes a rule that counts what its one selection picks, whatever the distance between two hits.
func writeRule(out, name, selection string) error {
	path := filepath.Join(out, name+".yaml")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("make a folder for %q: %w", path, err)
	}
	return os.WriteFile(path, []byte(`title: Records with `+filepath.Base(name)+`
severity: info
select:
  hit: `+selection+`
match:
  count: hit
  at_least: 1
  within: 1h
clear: 87600h
say: '{{.Count}} in {{.Span}}'
because: It counts the records of a corpus, to compare the number with what other programs count.
next:
  - do: Compare the number.
    risk: None.
    verify: The numbers are equal.
`), 0o644)
}

// example gives a line of the templates that holds the pattern.
func example(p pattern) string {
	for _, k := range kinds() {
		for _, t := range k.templates {
			l := newLog(newRandom(1), kind{step: 1, stamp: k.stamp, templates: []template{t}}, 0)
			for line := range strings.Lines(string(l.record(nil))) {
				if strings.Contains(line, p.literal) {
					return line
				}
			}
		}
	}
	return ""
}
