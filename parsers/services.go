package parsers

import "strings"

// serviceNames gives back the ports that a snapshot printed by name, as
// /etc/services of the common distributions calls them.
var serviceNames = map[string]int{
	"tcpmux": 1, "echo": 7, "discard": 9, "systat": 11, "daytime": 13, "netstat": 15, "chargen": 19, "ftp-data": 20, "ftp": 21,
	"ssh": 22, "telnet": 23, "smtp": 25, "time": 37, "nameserver": 42, "whois": 43, "tacacs": 49, "domain": 53, "bootps": 67,
	"bootpc": 68, "tftp": 69, "gopher": 70, "finger": 79, "http": 80, "www": 80, "www-http": 80, "kerberos": 88, "kerberos5": 88,
	"pop2": 109, "pop3": 110, "sunrpc": 111, "rpcbind": 111, "portmapper": 111, "auth": 113, "ident": 113, "sftp": 115, "nntp": 119,
	"ntp": 123, "epmap": 135, "netbios-ns": 137, "netbios-dgm": 138, "netbios-ssn": 139, "imap": 143, "imap2": 143, "snmp": 161,
	"snmptrap": 162, "snmp-trap": 162, "cmip-man": 163, "xdmcp": 177, "bgp": 179, "irc": 194, "smux": 199, "imap3": 220, "ldap": 389,
	"svrloc": 427, "https": 443, "microsoft-ds": 445, "kpasswd": 464, "kpasswd5": 464, "urd": 465, "submissions": 465, "smtps": 465,
	"saft": 487, "isakmp": 500, "exec": 512, "biff": 512, "login": 513, "who": 513, "shell": 514, "syslog": 514, "printer": 515,
	"talk": 517, "ntalk": 518, "route": 520, "router": 520, "ripng": 521, "timed": 525, "uucp": 540, "klogin": 543, "kshell": 544,
	"dhcpv6-client": 546, "dhcpv6-server": 547, "rtsp": 554, "nntps": 563, "submission": 587, "ipp": 631, "ldaps": 636, "ldp": 646,
	"kerberos-adm": 749, "rsync": 873, "domain-s": 853, "ftps-data": 989, "ftps": 990, "telnets": 992, "imaps": 993, "pop3s": 995,
	"socks": 1080, "proofd": 1093, "rootd": 1094, "openvpn": 1194, "rmiregistry": 1099, "nfsd-keepalive": 1110, "lotusnote": 1352, "lotusnotes": 1352,
	"ms-sql-s": 1433, "ms-sql-m": 1434, "ingreslock": 1524, "datametrics": 1645, "sa-msg-port": 1646, "kermit": 1649, "groupwise": 1677,
	"l2f": 1701, "l2tp": 1701, "h323hostcall": 1720, "mqtt": 1883, "radius": 1812, "radius-acct": 1813, "msnp": 1863,
	"unix-status": 1957, "log-server": 1958, "remoteping": 1959, "cisco-sccp": 2000, "search": 2010, "nfs": 2049, "shilp": 2049,
	"gnunet": 2086, "rtcm-sc104": 2101, "eklogin": 2105, "zephyr-srv": 2102, "zephyr-clt": 2103, "zephyr-hm": 2104, "eforward": 2181,
	"gsigatekeeper": 2119, "gris": 2135, "cvspserver": 2401, "venus": 2430, "venus-se": 2431, "codasrv": 2432, "codasrv-se": 2433,
	"docker": 2375, "docker-s": 2376, "etcd-client": 2379, "etcd-server": 2380, "zebrasrv": 2600, "zebra": 2601, "ripd": 2602, "ospfd": 2604,
	"bgpd": 2605, "listen": 2766, "gsiftp": 2811, "spcsdlobby": 2888, "gpsd": 2947, "gds-db": 3050, "gds_db": 3050, "icpv2": 3130,
	"squid": 3128, "ndl-aas": 3128, "isns": 3205, "iscsi-target": 3260, "daap": 3689, "mysql": 3306, "ms-wbt-server": 3389, "nut": 3493,
	"distcc": 3632, "svn": 3690, "ciphire-serv": 3888, "epmd": 4369, "remctl": 4373, "f5-iquery": 4353, "ipsec-nat-t": 4500, "mtn": 4691, "radmin-port": 4899,
	"commplex-main": 5000, "commplex-link": 5001, "sip": 5060, "sip-tls": 5061, "xmpp-client": 5222, "xmpp-server": 5269, "mdns": 5353,
	"hacl-hb": 5405, "postgresql": 5432, "postgres": 5432, "personal-agent": 5555, "freeciv": 5556, "amqp": 5672, "amqps": 5671, "rplay": 5555,
	"x11": 6000, "x11-1": 6001, "x11-2": 6002, "redis": 6379, "gnutella-svc": 6346, "gnutella-rtr": 6347, "sane-port": 6566,
	"ircd": 6667, "ircs-u": 6697, "afs3-fileserver": 7000, "afs3-callback": 7001, "font-service": 7100, "xfs": 7100, "cbt": 7777,
	"irdmi": 8000, "http-alt": 8080, "webcache": 8080, "http_alt": 8008, "omniorb": 8088, "radan-http": 8088, "clc-build-daemon": 8990, "https-alt": 8443, "pcsync-https": 8443,
	"ddi-tcp-1": 8888, "cslistener": 9000, "XmlIpcRegSvc": 9092, "jetdirect": 9100, "hp-pdl-datastr": 9100, "bacula-dir": 9101,
	"bacula-fd": 9102, "bacula-sd": 9103, "git": 9418, "wap-wsp": 9200, "vrace": 9300, "zabbix-agent": 10050, "zabbix-trapper": 10051,
	"amanda": 10080, "memcache": 11211, "memcached": 11211, "mongodb": 27017, "NetBus": 12345, "asterisk": 4569, "iax": 4569, "scientia-sdb": 9998,
	"wsman": 5985, "wsmans": 5986, "glrpc": 9080, "tungsten-https": 9443, "sun-answerbook": 8888, "dynamid": 9002, "terabase": 4000,
}

// knownPorts are ports on which servers listen although they lie where clients'
// ports do, or have no name.
var knownPorts = withNamed(map[int]bool{
	2181: true, 2182: true, 2888: true, 3888: true, 4181: true, 5555: true, 6443: true, 6380: true, 7077: true, 8009: true, 8081: true,
	8181: true, 8500: true, 8848: true, 9042: true, 9090: true, 9093: true, 9848: true, 10248: true, 10250: true, 10255: true, 10256: true,
	15672: true, 16379: true, 20880: true, 20881: true, 25672: true, 26379: true, 33060: true, 50000: true, 50010: true, 50070: true,
	60000: true, 60010: true, 61613: true, 61616: true,
})

func withNamed(ports map[int]bool) map[int]bool {
	for _, port := range serviceNames {
		ports[port] = true
	}
	return ports
}

// portNumber reads a port as a number or a service's name: 0 for "*", -1 for a
// name that is not known.
func portNumber(s string) int {
	if s == "*" || s == "" {
		return 0
	}
	if s[0]-'0' <= 9 {
		n := 0
		for i := 0; i < len(s); i++ {
			if s[i]-'0' > 9 {
				n = -1
				break
			}
			if n = n*10 + int(s[i]-'0'); n > 65535 {
				return -1
			}
		}
		if n >= 0 {
			return n
		}
	}
	if n, ok := serviceNames[s]; ok {
		return n
	}
	if n, ok := serviceNames[strings.ToLower(s)]; ok {
		return n
	}
	return -1
}
