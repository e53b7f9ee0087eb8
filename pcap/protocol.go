package pcap

import "bytes"

// A protocol is what a flow's first bytes look like, beside TLS.
type protocol uint8

const (
	unknownProtocol protocol = iota
	protoZooKeeper
	protoZooKeeperWord // a four-letter command
	protoRedis
	protoHTTP
	protoHTTP2
	protoSSH
	protoMySQL
	protoPostgreSQL
	protoSMTP
	protoIMAP
	protoPOP3
	protoFTP
	protoLDAP
	protoAMQP
	protoDubbo
	protoJava
	protoSOCKS
	protoXMPP
)

var protocolNames = [...]string{
	"", "zookeeper", "zookeeper-4lw", "redis", "http", "http2", "ssh", "mysql", "postgresql", "smtp", "imap", "pop3",
	"ftp", "ldap", "amqp", "dubbo", "java-serialization", "socks", "xmpp",
}

// livesAt tells the ports where a protocol is spoken without TLS.
func (p protocol) livesAt(port uint16) bool {
	switch p {
	case protoZooKeeper, protoZooKeeperWord:
		return port == 2181 || port == 2182 || port == 2183
	case protoRedis:
		return port == 6379 || port == 26379 || port == 16379
	case protoHTTP, protoHTTP2:
		return port == 80 || port == 8080 || port == 8000 || port == 3128 || port == 8081 || port == 8888 || port == 9200
	case protoSSH:
		return port == 22
	case protoMySQL:
		return port == 3306
	case protoPostgreSQL:
		return port == 5432
	case protoSMTP:
		return port == 25 || port == 587
	case protoIMAP:
		return port == 143
	case protoPOP3:
		return port == 110
	case protoFTP:
		return port == 21
	case protoLDAP:
		return port == 389
	case protoAMQP:
		return port == 5672
	case protoDubbo:
		return port == 20880
	case protoSOCKS:
		return port == 1080
	case protoXMPP:
		return port == 5222 || port == 5269
	}
	return false
}

// recognise names the protocol by the first bytes of one side, and by the port
// only where the bytes leave several.
func (r *reader) recognise(f *Flow, role uint8, b []byte) protocol {
	if role == server {
		return greeting(b, f.addr(server).Port())
	}
	switch {
	case len(b) < 2:
		return unknownProtocol
	case len(b) >= 44 && b[0] == 0 && b[1] == 0 && b[2] == 0 && (b[3] == 44 || b[3] == 45) && len(b) >= 4+int(b[3]) && b[4]|b[5]|b[6]|b[7] == 0:
		return protoZooKeeper
	case fourLetterWord(b):
		return protoZooKeeperWord
	case isRequestLine(b):
		return protoHTTP
	case bytes.HasPrefix(b, []byte("PRI * HTTP/2.0")):
		return protoHTTP2
	case isCommand(b):
		return protoRedis
	case bytes.HasPrefix(b, []byte("SSH-")):
		return protoSSH
	case bytes.HasPrefix(b, []byte("AMQP")):
		return protoAMQP
	case b[0] == 0xda && b[1] == 0xbb:
		return protoDubbo
	case len(b) >= 4 && (b[0] == 0xac && b[1] == 0xed && b[2] == 0 && b[3] == 5 || bytes.HasPrefix(b, []byte{0xca, 0xfe, 0xba, 0xbe})):
		return protoJava
	case isStartup(b):
		return protoPostgreSQL
	case isBind(b):
		return protoLDAP
	case b[0] == 5 && len(b) == 2+int(b[1]) && b[1] > 0, b[0] == 4 && b[1] == 1 && len(b) >= 9:
		return protoSOCKS
	case bytes.HasPrefix(b, []byte("<?xml")) && bytes.Contains(b, []byte("stream")), bytes.HasPrefix(b, []byte("<stream:")):
		return protoXMPP
	}
	return unknownProtocol
}

// greeting names the protocol of a server that speaks first.
func greeting(b []byte, port uint16) protocol {
	switch {
	case bytes.HasPrefix(b, []byte("SSH-")):
		return protoSSH
	case bytes.HasPrefix(b, []byte("HTTP/1.")):
		return protoHTTP
	case bytes.HasPrefix(b, []byte("220")):
		if port == 21 || bytes.Contains(bytes.ToUpper(b), []byte("FTP")) && !bytes.Contains(bytes.ToUpper(b), []byte("SMTP")) {
			return protoFTP
		}
		return protoSMTP
	case bytes.HasPrefix(b, []byte("* OK")), bytes.HasPrefix(b, []byte("* PREAUTH")), bytes.HasPrefix(b, []byte("* BYE")):
		return protoIMAP
	case bytes.HasPrefix(b, []byte("+OK")) && port != 6379:
		return protoPOP3
	case len(b) >= 6 && b[3] == 0 && (b[4] == 10 || b[4] == 9 || b[4] == 0xff):
		return protoMySQL
	case bytes.HasPrefix(b, []byte("-ERR max number of clients")), bytes.HasPrefix(b, []byte("-DENIED")):
		return protoRedis
	}
	return unknownProtocol
}

var methods = [...]string{"GET ", "POST ", "PUT ", "HEAD ", "DELETE ", "OPTIONS ", "PATCH ", "CONNECT ", "TRACE ", "PROPFIND ", "REPORT "}

func isRequestLine(b []byte) bool {
	for _, m := range methods {
		if len(b) >= len(m) && string(b[:len(m)]) == m {
			return true
		}
	}
	return false
}

// isCommand tells a Redis request: an array of strings, or a known inline word.
func isCommand(b []byte) bool {
	if b[0] == '*' && len(b) >= 4 && b[1] >= '0' && b[1] <= '9' {
		end := bytes.Index(b, []byte("\r\n"))
		return end > 0 && end < 8 && (len(b) == end+2 || b[end+2] == '$')
	}
	word := bytes.ToUpper(b[:min(len(b), 8)])
	return bytes.HasPrefix(word, []byte("PING\r\n")) || bytes.HasPrefix(word, []byte("INFO\r\n"))
}

// isStartup tells the first message of PostgreSQL: a length, then a version or
// one of the requests for encryption or cancelling.
func isStartup(b []byte) bool {
	if len(b) < 8 || b[0] != 0 || b[1] != 0 {
		return false
	}
	code := uint32(b[4])<<24 | uint32(b[5])<<16 | uint32(b[6])<<8 | uint32(b[7])
	switch code {
	case 80877103, 80877104, 80877102:
		return true
	case 3 << 16:
		return int(b[2])<<8|int(b[3]) >= 8
	}
	return false
}

// isBind tells an LDAP message: a sequence, a number, and a known request.
func isBind(b []byte) bool {
	if len(b) < 7 || b[0] != 0x30 {
		return false
	}
	at := 2
	if b[1]&0x80 != 0 {
		at += int(b[1] & 0x7f)
	}
	if len(b) < at+4 || b[at] != 2 || b[at+1] == 0 || b[at+1] > 4 {
		return false
	}
	at += 2 + int(b[at+1])
	return len(b) > at && (b[at]&0x60 == 0x60 || b[at] == 0x42 || b[at] == 0x4a)
}

var words = [...]string{
	"ruok", "stat", "mntr", "srvr", "isro", "conf", "cons", "crst", "dump", "envi", "reqs", "srst", "wchc", "wchp", "wchs",
	"dirs", "gtmk", "stmk", "hash", "lead", "kill", "icfg", "obsr",
}

// fourLetterWord tells a command of ZooKeeper's text mode.
func fourLetterWord(b []byte) bool {
	if len(b) < 4 || len(b) > 6 || len(bytes.TrimRight(b[4:], "\r\n")) > 0 {
		return false
	}
	for _, w := range words {
		if string(b[:4]) == w {
			return true
		}
	}
	return false
}
