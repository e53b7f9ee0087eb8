package parsers

import "strings"

// zookeeperJoins tells whether a logger is one of those in whose records
// ZooKeeper names connections and sessions: NIOServerCnxn, NettyServerCnxn,
// their factories, ClientCnxn, ZooKeeperServer and the session tracker.
func zookeeperJoins(logger string) bool {
	return strings.Contains(logger, "Cnxn") || strings.Contains(logger, "ZooKeeperServer") || strings.Contains(logger, "SessionTracker")
}
