package parsers

import (
	"strings"

	"forensic/event"
)

// What INFO of a Redis server says, section by section; also CLIENT LIST and
// CONFIG GET, which a session shows beside it.
//
//	# Clients
//	connected_clients:5
var _ = addSnapshot(Format{
	Name:  "redis_info",
	Doc:   "redis-cli info, client list and config get.",
	Files: []string{"redis_info*", "redis-info*", "redis-cli_info*"},
	Kinds: []event.Kind{redisSetting, redisClient},
	Sniff: func(head []byte) Score {
		known := 0
		sc := snapshotScore(head, func(line string) bool {
			if strings.HasPrefix(line, "# ") && redisSections[strings.TrimPrefix(line, "# ")] {
				known++
				return true
			}
			if redisClientLine(line, &event.Event{}) {
				known++
				return true
			}
			name, _, ok := redisLine(line)
			if !ok {
				name, ok = redisQuoted(line)
			}
			if ok && redisKnown[name] {
				known++
			}
			return ok
		})
		if known == 0 {
			return Score{0, "no name that Redis has"}
		}
		return sc
	},
	Parse: snapshotOf(redisInfoRead),
})

var (
	redisSetting = event.Kind{
		Name: "redis.setting", Doc: "A value that a Redis server states of itself; set says that an operator's answer shows it as configuration.",
		Attrs: []string{"section", "name", "value"},
	}
	redisClient = event.Kind{
		Name: "redis.client", Doc: "A client in a Redis server's list.",
		Attrs: []string{"id", event.Client, "name", "age", "idle", "flags", "db", "command", "fd", "omem"},
	}
)

var (
	redisSections = wordSet("Server Clients Memory Persistence Stats Replication CPU Modules Errorstats Cluster Keyspace Commandstats Latencystats Sentinel")
	redisKnown    = wordSet("redis_version connected_clients used_memory total_connections_received role maxmemory rejected_connections maxclients uptime_in_seconds tcp_port")
)

func redisInfoRead(s *snapshot) {
	section := ""
	for i := 0; i < s.n(); i++ {
		line := strings.TrimRight(s.line(i), " ")
		if strings.HasPrefix(line, "# ") {
			section = strings.ToLower(line[2:])
			s.claim(i)
			continue
		}
		if redisClientLine(line, &event.Event{}) {
			redisClientLine(line, s.begin(redisClient.Name, i, i))
			s.send()
			continue
		}
		name, value, ok := redisLine(line)
		last := i
		if !ok { // 1) "maxclients" and 2) "10000"
			if name, ok = redisQuoted(line); ok && i+1 < s.n() {
				if value, ok = redisQuoted(s.line(i + 1)); ok {
					last = i + 1
				}
			}
		}
		if !ok {
			continue
		}
		e := s.begin(redisSetting.Name, i, last)
		e.Set("section", section)
		e.Set("name", name)
		e.Set("value", value)
		s.send()
		i = last
	}
}

// redisLine reads "name:value".
func redisLine(line string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(line, ":")
	if !ok || name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.|") != "" || name[0]-'0' <= 9 || strings.HasPrefix(value, " ") {
		return "", "", false
	}
	return name, strings.TrimSpace(value), true
}

// redisQuoted reads `1) "maxclients"`.
func redisQuoted(line string) (string, bool) {
	n, rest, ok := strings.Cut(strings.TrimSpace(line), `) "`)
	if !ok || !isNumber(n) {
		return "", false
	}
	return strings.TrimSuffix(rest, `"`), true
}

// redisClientLine reads "id=3 addr=192.0.2.7:51514 fd=8 name= age=12 idle=3 …".
func redisClientLine(line string, e *event.Event) bool {
	if !strings.Contains(line, "addr=") || !strings.Contains(line, " fd=") {
		return false
	}
	for _, f := range strings.Fields(line) {
		name, value, _ := strings.Cut(f, "=")
		switch name {
		case "addr":
			e.Set(event.Client, value)
		case "cmd":
			e.Set("command", value)
		case "id", "name", "age", "idle", "flags", "db", "fd", "omem":
			e.Set(name, value)
		}
	}
	return true
}
