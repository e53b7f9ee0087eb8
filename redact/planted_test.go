package redact

import (
	"encoding/base64"
	"net/url"
	"strings"
)

var passwordNames = []string{"password", "passwd", "Password", "db_password", "DB_PASSWORD", "dbPassword", "spring.datasource.password", "userPassword", "secret", "client_secret", "clientSecret", "pwd", "passphrase", "api_key", "apiKey", "X-Api-Key", "aws_secret_access_key", "secret_key", "private_key_password", "ssl.keystore.password", "admin-password", "auth_token", "access_token", "refreshToken", "MYSQL_ROOT_PASSWORD", "encryption_key", "ldap.bind.password"}

// generators make one planted text each.
var generators = []func(d dice) planted{
	func(d dice) planted { // a log line
		p, n := d.unquoted(" ,;&\"'<>()[]{}|`\\"), d.of(passwordNames...)
		return planted{"password", "plain", p, d.prefix() + d.of("connecting with ", "using user="+d.user()+", ", "args: ", "url=x ") + n + "=" + p + d.of("", " host="+d.host(), ", retries=3", " (attempt 2)", "; next"), []string{p}}
	},
	func(d dice) planted {
		p, n := d.unquoted("\"\\"), d.of(passwordNames...)
		return planted{"password", "plain", p, d.prefix() + n + `="` + p + `"` + d.of("", " next=1", ", x=2"), []string{p}}
	},
	func(d dice) planted {
		p, n := d.unquoted("'\\"), d.of(passwordNames...)
		return planted{"password", "plain", p, d.prefix() + "{'user': '" + d.user() + "', '" + n + "': '" + p + "', 'x': 1}", []string{p}}
	},
	func(d dice) planted {
		p := d.unquoted(" ,;&\"'<>()[]{}|`\\")
		return planted{"password", "plain", p, d.prefix() + d.of("User{name=", "Config(name=", "Conn [name=") + d.user() + ", password=" + p + d.of(", host=x}", ")", "]", "}"), []string{p}}
	},
	func(d dice) planted { // properties
		p, n := d.password(), d.of(passwordNames...)
		return planted{"password", "properties", p, "app.name=orders\n" + n + d.of("=", " = ", ": ", ":") + p + "\napp.port=8080\n", []string{p}}
	},
	func(d dice) planted { // environment
		p := d.unquoted(" '\"\\")
		return planted{"password", "env", p, d.of("", "export ", "      ") + d.of("DB_PASSWORD", "MYSQL_PWD", "PGPASSWORD", "API_KEY", "SECRET_KEY_BASE", "REDIS_PASSWORD", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN_SECRET", "RABBITMQ_DEFAULT_PASS") + "=" + p + "\nHOME=/root\n", []string{p}}
	},
	func(d dice) planted { // YAML
		p, n := d.password(), d.of("password", "dbPassword", "api_key", "secret", "clientSecret", "access-token")
		q := d.of("'", `"`)
		esc := p
		if q == "'" {
			esc = strings.ReplaceAll(p, "'", "''")
		} else {
			esc = jsonText(p)
		}
		return planted{"password", "yaml", p, "db:\n  host: " + d.host() + "\n  " + n + ": " + q + esc + q + "\n  port: 5432\n", []string{p, esc}}
	},
	func(d dice) planted {
		p := d.unquoted(" #:,[]{}&*!|>'\"%@`")
		return planted{"password", "yaml", p, "db:\n  - name: x\n    password: " + p + "\n    port: 5432\n", []string{p}}
	},
	func(d dice) planted { // the environment of a pod
		p := jsonText(d.unquoted("\\\""))
		return planted{"password", "yaml", p, "        env:\n        - name: " + d.of("DB_PASSWORD", "API_KEY", "JWT_SECRET") + "\n          value: \"" + p + "\"\n        - name: HOME\n          value: /root\n", []string{p}}
	},
	func(d dice) planted { // JSON
		p, n := d.password(), d.of(passwordNames...)
		e := jsonText(p)
		return planted{"password", "json", p, d.prefix() + `{"user":"` + d.user() + `","` + n + `":` + d.of("", " ") + `"` + e + `","port":5432}`, []string{p, e}}
	},
	func(d dice) planted {
		p, n := d.password(), d.of(passwordNames...)
		e := jsonText(jsonText(p))
		return planted{"password", "json escaped", p, `{"level":"info","msg":"got {\"user\":\"` + d.user() + `\",\"` + n + `\":\"` + e + `\",\"port\":5432}"}`, []string{p, e}}
	},
	func(d dice) planted {
		p, n := d.password(), d.of(passwordNames...)
		e := jsonText(jsonText(jsonText(p)))
		return planted{"password", "json escaped", p, `{"log":"{\"msg\":\"got {\\\"` + n + `\\\":\\\"` + e + `\\\",\\\"port\\\":5432}\"}\n","stream":"stdout"}`, []string{p, e}}
	},
	func(d dice) planted { // a line of a container's log with an assignment
		p := d.unquoted(" ,;&\"'<>()[]{}|`\\")
		return planted{"password", "json escaped", p, `{"log":"starting with --db-password=` + p + `\n","stream":"stdout"}`, []string{p}}
	},
	func(d dice) planted { // a form
		p, n := d.password(), d.of("password", "passwd", "client_secret", "access_token", "api_key", "refresh_token", "pwd")
		e := url.QueryEscape(p)
		return planted{"password", "url encoded", p, d.prefix() + d.of("POST body: user=bob&", "GET /login?user=bob&", "https://example.com/x?", "grant_type=password&") + n + "=" + e + d.of("", "&scope=all", " HTTP/1.1"), []string{p, e}}
	},
	func(d dice) planted { // a form inside a URL
		p := d.password()
		e := url.QueryEscape(url.QueryEscape(p))
		return planted{"password", "url encoded", p, "GET /redirect?to=" + url.QueryEscape("https://example.com/x?user=bob&password=") + e + url.QueryEscape("&x=1") + "&y=2 HTTP/1.1", []string{p, e}}
	},
	func(d dice) planted { // JSON inside a URL
		p := d.password()
		e := url.QueryEscape(jsonText(p))
		return planted{"password", "url encoded", p, "GET /api?q=" + url.QueryEscape(`{"user":"bob","password":"`) + e + url.QueryEscape(`","x":1}`) + " HTTP/1.1", []string{p, e}}
	},
	func(d dice) planted { // XML
		p := d.password()
		e := xmlText(p)
		n := d.of("password", "db:password", "Password", "secretKey", "apiKey", "ns1:UserPassword")
		return planted{"password", "xml", p, "<config><user>bob</user><" + n + ">" + e + "</" + n + "><port>1</port></config>", []string{p, e}}
	},
	func(d dice) planted {
		p := d.password()
		e := xmlText(p)
		return planted{"password", "xml", p, d.of(`<Resource name="jdbc/x" username="bob" password="`, `<property name="hibernate.connection.password" value="`, `<add key="ApiKey" value="`, `<dataSource user="x" Password="`) + e + `" port="1"/>`, []string{p, e}}
	},
	func(d dice) planted {
		p := d.password()
		e := xmlText(p)
		return planted{"password", "xml", p, "<property>\n  <name>" + d.of("fs.s3a.secret.key", "javax.jdo.option.ConnectionPassword", "ssl.server.keystore.password") + "</name>\n  <value>" + e + "</value>\n</property>", []string{p, e}}
	},
	func(d dice) planted { // headers
		t := d.letters(alnum+"-_", 20, 60)
		return planted{"token", "header", t, d.of("> ", "< ", "", "2024-03-02 10:14:03 DEBUG headers: ") + d.of("Authorization: Bearer ", "authorization: Token ", "Proxy-Authorization: Bearer ", "X-Auth-Token: ", "X-Api-Key: ", "Authorization:Bearer ", "PRIVATE-TOKEN: ", "x-amz-security-token: ", "X-Vault-Token: ", "X-Access-Token: ", "Api-Key: ") + t + d.of("", "\r"), []string{t}}
	},
	func(d dice) planted {
		t := d.letters(alnum, 24, 48)
		return planted{"token", "header", t, d.prefix() + d.of(`headers={Accept=[*/*], Authorization=[Bearer `+t+`], Host=[x]}`, `{"headers":{"Authorization":"Bearer `+t+`","Host":"x"}}`, `map[Accept:[*/*] Authorization:[Bearer `+t+`]]`, `'Authorization': 'Bearer `+t+`'`, `curl -H "Authorization: Bearer `+t+`" https://example.com/`, `Authorization=Bearer `+t+`, Host=x`), []string{t}}
	},
	func(d dice) planted { // Basic
		p := d.password()
		e := base64.StdEncoding.EncodeToString([]byte(d.user() + ":" + p))
		return planted{"password", "base64", p, d.of("Authorization: Basic ", "proxy-authorization: Basic ", `"authorization":"Basic `, "curl -H 'Authorization: Basic ") + e + d.of("", `"`, "'"), []string{p, e}}
	},
	func(d dice) planted { // a Secret of Kubernetes
		p := d.password()
		e := base64.StdEncoding.EncodeToString([]byte(p))
		return planted{"password", "base64", p, "apiVersion: v1\ndata:\n  " + d.of("password", "db-pass", "config", "key") + ": " + e + "\nkind: Secret\nmetadata:\n  name: db\ntype: Opaque\n", []string{p, e}}
	},
	func(d dice) planted {
		p := d.password()
		e := base64.StdEncoding.EncodeToString([]byte(p))
		return planted{"password", "base64", p, `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"db"},"data":{"` + d.of("password", "one") + `":"` + e + `"}}`, []string{p, e}}
	},
	func(d dice) planted { // text in base64
		p := d.password()
		e := base64.StdEncoding.EncodeToString([]byte(d.of(`{"user":"bob","password":"`+jsonText(p)+`"}`, "db.user=bob\ndb.password="+p+"\n", "export DB_PASSWORD='"+strings.ReplaceAll(p, "'", "")+"'\n")))
		return planted{"password", "base64", p, d.of("payload=", "data: ", `"config":"`) + e + d.of("", `"`), []string{p, e}}
	},
	func(d dice) planted { // docker
		p := d.password()
		e := base64.StdEncoding.EncodeToString([]byte("bob:" + p))
		return planted{"password", "base64", p, `{"auths":{"registry.example.com":{"auth":"` + e + `"}}}`, []string{p, e}}
	},
	func(d dice) planted { // command lines
		p := d.unquoted(" '\"\\&;|<>()`")
		return planted{"password", "command line", p, d.of("root      812  0.0  0.1  4248  624 ?  S  10:14  0:00 ", "+ ", "$ ", "CMD (", "COMMAND=/usr/bin/") + d.of("mysql -u root -p"+p+" -h db", "mysqldump --user=root --password="+p+" x", "sshpass -p "+p+" ssh root@db", "psql postgresql://bob:"+url.QueryEscape(p)+"@db/x", "redis-cli -h cache -a "+p+" info", "curl -u bob:"+p+" https://example.com/", "tool --user bob --password "+p, "java -Ddb.password="+p+" -jar x.jar", "ldapsearch -x -D cn=admin -w "+p+" -b dc=x", "mongo -u bob -p "+p+" admin", "keytool -list -storepass "+p, "wget --http-password="+p+" http://x/", "docker login -u bob -p "+p+" registry.example.com", "helm upgrade x --set db.password="+p, "openssl enc -aes256 -pass pass:"+p), []string{p, url.QueryEscape(p)}}
	},
	func(d dice) planted {
		p := d.unquoted("'")
		return planted{"password", "command line", p, d.of("$ ", "") + d.of("mysql -u root -p'"+p+"' x", "sshpass -p '"+p+"' ssh x", "tool --password '"+p+"'", "tool --password='"+p+"' -v", "curl -u 'bob:"+p+"' https://x/", "export PGPASSWORD='"+p+"'"), []string{p}}
	},
	func(d dice) planted { // URLs
		p := d.password()
		e := url.UserPassword("x", p).String()[2:]
		return planted{"password", "url", p, d.prefix() + d.of("connecting to ", "url=", `"`, "") + d.of("postgres", "mysql", "amqp", "mongodb", "redis", "https", "ftp", "ldap", "jdbc:postgresql", "mongodb+srv", "amqps", "kafka", "smb") + "://" + d.user() + ":" + e + "@" + d.host() + d.of("", ":5432/x", "/x?y=1"), []string{p, e}}
	},
	func(d dice) planted {
		p := d.password()
		e := url.UserPassword("x", p).String()[2:]
		return planted{"password", "url", p, "GET /proxy?url=" + url.QueryEscape("https://bob:"+e+"@example.com/x") + " HTTP/1.1", []string{p, e, url.QueryEscape(e)}}
	},
	func(d dice) planted { // connection strings
		p := d.unquoted(";'\"{}\\ &,)")
		return planted{"password", "connection string", p, d.prefix() + d.of(
			"jdbc:mysql://db:3306/x?user=bob&password="+url.QueryEscape(p)+"&useSSL=false", "jdbc:sqlserver://db:1433;databaseName=x;user=sa;password="+p+";encrypt=true",
			"Server=db;Database=x;User Id=sa;Password="+p+";Encrypt=yes", "Driver={ODBC Driver 17};Server=db;UID=sa;PWD="+p+";", "host=db port=5432 user=bob password="+p+" dbname=x",
			"bob:"+strings.NewReplacer("@", "", "/", "", ":", "").Replace(p)+"@tcp(db:3306)/x?parseTime=true", "Endpoint=sb://x.servicebus.example.net/;SharedAccessKeyName=Root;SharedAccessKey="+p,
			"DefaultEndpointsProtocol=https;AccountName=x;AccountKey="+p+";EndpointSuffix=core.example.net", `org.apache.kafka.common.security.plain.PlainLoginModule required username="bob" password="`+p+`";`,
		), []string{p, url.QueryEscape(p)}}
	},
	func(d dice) planted { // tokens by their form
		t := d.of("ghp_"+d.letters(alnum, 36, 36), "glpat-"+d.letters(alnum, 20, 20), "xoxb-"+d.letters(digits, 11, 12)+"-"+d.letters(digits, 12, 12)+"-"+d.letters(alnum, 24, 24), "AKIA"+d.letters(uppers+"234567", 16, 16),
			"eyJhbGciOiJIUzI1NiJ9.eyJzdWIi"+d.letters(alnum, 20, 90)+"."+d.letters(alnum+"-_", 43, 43), "AIza"+d.letters(alnum, 35, 35), "npm_"+d.letters(alnum, 36, 36), "sk_live_"+d.letters(alnum, 24, 24), "hvs."+d.letters(alnum, 24, 90), "github_pat_"+d.letters(alnum, 22, 22)+"_"+d.letters(alnum, 59, 59))
		return planted{"token", "plain", t, d.prefix() + d.of("using ", "got token ", "cache key=", "[", "url: https://x/?t=", `{"v":"`, "(") + t + d.of("", " ok", "]", `"}`, ")", ", next", "."), []string{t}}
	},
	func(d dice) planted { // cookies
		t := d.letters(alnum, 24, 40)
		n := d.of("JSESSIONID", "session", "sid", "PHPSESSID", "connect.sid", "auth", "csrftoken")
		return planted{"cookie", "header", t, d.of("Cookie: theme=dark; "+n+"="+t, "Set-Cookie: "+n+"="+t+"; Path=/; HttpOnly", "cookie: "+n+"="+t+"; lang=en", `"Cookie":"`+n+"="+t+`; x=y"`, `curl -H 'Cookie: `+n+"="+t+`' https://x/`), []string{t}}
	},
	func(d dice) planted { // private keys
		var lines []string
		for range 6 + d.IntN(20) {
			lines = append(lines, d.letters(alnum+"+/", 64, 64))
		}
		kind := d.of("RSA ", "EC ", "", "OPENSSH ", "ENCRYPTED ", "DSA ")
		nl := d.of("\n", `\n`, "\r\n", "\n    ")
		text := "-----BEGIN " + kind + "PRIVATE KEY-----" + nl + strings.Join(lines, nl) + nl + "-----END " + kind + "PRIVATE KEY-----" + nl
		return planted{"private key", "plain", lines[len(lines)/2], d.of("", "key: ", `{"key":"`) + text, []string{lines[0], lines[len(lines)/2], lines[len(lines)-1]}}
	},
	func(d dice) planted { // e-mail
		m := d.letters(lowers, 3, 8) + d.of("", ".", "_", "+") + d.letters(lowers, 3, 8) + "@" + d.letters(lowers, 4, 10) + d.of(".com", ".example", ".co.uk", ".org", ".cn", ".de")
		return planted{"email", "plain", m, d.prefix() + d.of("sent to ", "user=", "from=<", "mailto:", "(", `"email":"`, "To: Bob <") + m + d.of("", ">", ")", `"`, ", next", " ok"), []string{m}}
	},
	func(d dice) planted { // accounts
		h := d.of("$6$"+d.letters(alnum+"./", 8, 16)+"$"+d.letters(alnum+"./", 86, 86), "$1$"+d.letters(alnum+"./", 8, 8)+"$"+d.letters(alnum+"./", 22, 22), "$y$j9T$"+d.letters(alnum+"./", 22, 22)+"$"+d.letters(alnum+"./", 43, 43), "$2b$12$"+d.letters(alnum+"./", 53, 53), "$5$rounds=5000$"+d.letters(alnum, 16, 16)+"$"+d.letters(alnum+"./", 43, 43))
		return planted{"hash", "plain", h, d.user() + ":" + h + ":19000:0:99999:7:::", []string{h}}
	},
	func(d dice) planted { // SQL
		p := d.unquoted("'\"\\")
		return planted{"password", "plain", p, d.prefix() + d.of("CREATE USER 'bob'@'%' IDENTIFIED BY '"+p+"'", "ALTER USER bob WITH PASSWORD '"+p+"';", "SET PASSWORD FOR 'bob'@'%' = PASSWORD('"+p+"')", "GRANT ALL ON x.* TO 'bob'@'%' IDENTIFIED BY '"+p+"' WITH GRANT OPTION"), []string{p}}
	},
	func(d dice) planted { // Chinese
		p := d.unquoted(" ,;&\"'<>()[]{}|`\\")
		return planted{"password", "plain", p, d.prefix() + d.of("密码：", "密码: ", "密码=", "口令：") + p + d.of("", "，请保存", " 用户 root"), []string{p}}
	},
}
