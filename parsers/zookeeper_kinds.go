package parsers

import (
	"slices"

	"forensic/event"
)

// zookeeperKinds are what ZooKeeper and its clients say; what their records must
// hold is in the table of messages.
var zookeeperKinds = func() []event.Kind {
	said := map[string][]string{
		"zookeeper.end_of_stream":     {"end of stream exception", "EndOfStreamException"},
		"zookeeper.connection_failed": {"Close of session 0x", "causing close of session 0x"},
	}
	for _, t := range zookeeperMessages {
		said[t.kind] = append(said[t.kind], t.has)
	}
	kinds := slices.Clone(zookeeperDeclared)
	for i := range kinds {
		kinds[i].Literals = said[kinds[i].Name]
	}
	return kinds
}()

var zookeeperDeclared = []event.Kind{
	{Name: "zookeeper.accepted", Doc: "A client's connection was accepted. Logged at INFO up to 3.5.4, at DEBUG from 3.5.5 on.", Attrs: []string{event.Client, event.Thread}, Joins: true},
	{Name: "zookeeper.closed", Doc: "The server released a connection; session is absent where none was established. INFO up to 3.5.4, DEBUG from 3.5.5 on.", Attrs: []string{event.Client, event.Session, event.Thread}, Joins: true},
	{Name: "zookeeper.end_of_stream", Doc: "The peer closed the connection; session 0x0 means before a session existed.", Attrs: []string{event.Client, event.Session, event.Thread}},
	{Name: "zookeeper.session_requested", Doc: "A client asked for a new session, or to renew one.", Attrs: []string{event.Client, event.Session, event.Thread}},
	{Name: "zookeeper.session_established", Doc: "A session is usable; timeout is in milliseconds.", Attrs: []string{event.Client, event.Session, "timeout", event.Thread}, Joins: true},
	{Name: "zookeeper.session_expired", Doc: "The server expired a session it had not heard from for its timeout, in milliseconds.", Attrs: []string{event.Session, "timeout", event.Thread}, Joins: true},
	{Name: "zookeeper.session_refused", Doc: "A session was refused: unknown, expired, wrong password, or the client is ahead of the server.", Attrs: []string{event.Client, event.Session, "reason", event.Thread}},
	{Name: "zookeeper.connection_refused", Doc: "A connection over the limit of its address, or of the server, was closed at once; limit is the configured number.", Attrs: []string{event.Client, "limit", event.Thread}},
	{Name: "zookeeper.connection_failed", Doc: "The server closed a connection because of an error; reason is its text.", Attrs: []string{event.Client, event.Session, "reason", "length", event.Thread}},
	{Name: "zookeeper.command", Doc: "A four-letter word was answered.", Attrs: []string{event.Client, "command", event.Thread}},
	{Name: "zookeeper.started", Doc: "The server began to listen.", Attrs: []string{"port", event.Thread}},
	{Name: "zookeeper.version", Doc: "Server or client stated its version.", Attrs: []string{"version", "role", event.Thread}},
	{Name: "zookeeper.slow_fsync", Doc: "Writing the transaction log took longer than the threshold; duration is in milliseconds.", Attrs: []string{"duration", event.Thread}},
	{Name: "zookeeper.election", Doc: "The quorum member changed its state or took part in an election.", Attrs: []string{"state", event.Thread}},
	{Name: "zookeeper.client_connected", Doc: "A client's TCP connection was established; client is known from 3.5.1 on.", Attrs: []string{event.Client, event.Server, event.Thread}, Joins: true},
	{Name: "zookeeper.client_session", Doc: "A client's session was established.", Attrs: []string{event.Server, event.Session, "timeout", event.Thread}, Joins: true},
	{Name: "zookeeper.client_lost", Doc: "A client lost its connection: closed by the server, silent, refused, or an error of its own.", Attrs: []string{event.Server, event.Session, "reason", "silence", event.Class, event.Thread}},
	{Name: "zookeeper.client_expired", Doc: "A client learned that its session had expired.", Attrs: []string{event.Session, event.Thread}, Joins: true},
	{Name: "zookeeper.client_state", Doc: "A client library (Curator, zkclient, kazoo) told its program of a new state.", Attrs: []string{"state", event.Thread}},
	{Name: "zookeeper.operation", Doc: "The audit log: who did what to which node.", Attrs: []string{event.Client, event.Session, "user", "operation", "znode", "result", event.Thread}},
	{Name: "zookeeper.peer_unreachable", Doc: "Another server of the ensemble cannot be reached on its election port.", Attrs: []string{"id", "peer", event.Class, event.Thread}},
	{Name: "zookeeper.peer_lost", Doc: "The election link to another server broke.", Attrs: []string{"id", event.Class, event.Thread}},
	{Name: "zookeeper.leader_lost", Doc: "A follower or observer lost its leader.", Attrs: []string{event.Class, event.Thread}},
	{Name: "zookeeper.paused", Doc: "The virtual machine or its host stood still; duration in milliseconds.", Attrs: []string{"duration", event.Thread}},
	{Name: "zookeeper.limits", Doc: "The server stated its tick and session timeouts, in milliseconds.", Attrs: []string{"tick", "min_timeout", "max_timeout", event.Thread}},
	{Name: "zookeeper.message", Doc: "Any other record.", Attrs: []string{event.Class, event.Thread}},
}
