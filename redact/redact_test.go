package redact

import (
	"bytes"
	"strings"
	"testing"
)

// Each line holds one secret between « and »; everything else of it stays.
var places = strings.Split(strings.TrimSpace(`
password=«hunter2»
password: «S3cr3t!pw»
DB_PASSWORD="«p@ss w0rd»"
export AWS_SECRET_ACCESS_KEY=«wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY»
{"user":"bob","password":"«abc\"def»","x":1}
{\"user\":\"bob\",\"password\":\"«abcdef9»\",\"x\":1}
{\\\"password\\\":\\\"«abcdef9»\\\",\\\"x\\\":1}
user=bob&password=«abc%26d»&x=1
q=%26password%3D«abc123»%26x%3D1
body=%7B%22password%22%3A%22«abc123»%22%2C%22x%22%3A1%7D
{&quot;password&quot;:&quot;«abc123»&quot;,&quot;x&quot;:1}
Authorization: Bearer «abcdef1234567890»
Authorization: Basic «dXNlcjpwYXNzd29yZDE=»
headers={authorization=Bearer «geheim17abc», host=x}
Authorization:[Bearer «geheim17abc»] Host:[x]
2024-03-02 10:14:03 DEBUG sent Authorization: «0a1b2c3d4e5f6a7b8c9d»
Proxy-Authorization: Digest «username="u", realm="r", nonce="x", response="0a1b2c3d4e5f6a7b"»
Cookie: JSESSIONID=«1A2B3C4D5E6F7890»
Set-Cookie: sid=«abcdef123456»; Path=/; HttpOnly
X-Api-Key: «0123456789abcdef»
mysql://app:«S3cr%21t»@db.example.com:3306/x
redis://:«geheim77»@cache:6379/0
amqp://app:«geheim77»@mq:5672/%2F
mongodb://app:«geheim77»@m1:27017,m2:27017/x
https:\/\/app:«geheim77»@db.example.com\/x
url=https%3A%2F%2Fapp%3A«geheim77»%40db.example.com%2Fx
git clone https://«0a1b2c3d4e5f6a7b8c9d»@example.com/x.git
jdbc:mysql://db/x?user=a&password=«geheim1»
jdbc:oracle:thin:scott/«tiger77»@db:1521:x
jdbc:sqlserver://db;user=sa;password=«geheim1»;encrypt=true
host=db user=a password='«a b c»' dbname=x
Driver={ODBC};Server=db;Uid=sa;Pwd=«{a;b}»;
Server=db;User Id=sa;Password=«ge;heim16»;Encrypt=yes
AccountName=x;AccountKey=«abcd1234+/==»;EndpointSuffix=core
app:«geheim15»@tcp(192.0.2.1:3306)/db
<password>«geheim2»</password>
<ns:password>«geheim2»</ns:password>
<Password xmlns="x">«geheim2»</Password>
<init-param><param-name>password</param-name><param-value>«geheim2»</param-value></init-param>
<property name="password"><value>«geheim2»</value></property>
{"value":"«geheim20»","name":"DB_PASSWORD"}
"password": «1298347561»
x-functions-key: «geheim19abc==»
args=[--user, bob, --password, «geheim14»]
["mysql","-uroot","-p«geheim14»"]
command: mysql -uroot -p"«geheim14»" x
<password><![CDATA[«geheim2»]]></password>
<row>&lt;password&gt;«geheim2»&lt;/password&gt;</row>
"<password>«geheim2»<\/password>"
<property name="password" value="«geheim3»"/>
<entry key="db.password">«geheim3»</entry>
mysql -u root -p«geheim4» -h db
mysqldump -uroot -p'«geheim4»' x
sshpass -p '«geheim5»' ssh root@host
sshpass -p«geheim5» ssh root@host
tool --password «geheim6» --user x
tool --user x --password=«geheim6»
tool -u bob -p «geheim6!» -h db
["mysql","--password","«geheim14»"]
curl -u bob:«geheim7» https://example.com/
redis-cli -a «geheim8» ping
ldapsearch -D cn=admin -w «geheim8» -b dc=x
openssl rsa -in x.pem -passin pass:«geheim8» -out y.pem
keytool -list -storepass «changeit»
java -Djavax.net.ssl.trustStorePassword=«changeit» -Dx=y Main
"Env": ["DB_PASSWORD=«geheim13»","X=1"]
config['password'] = '«geheim19»'
define('DB_PASSWORD', '«geheim19»');
:password => "«geheim19»"
"name": "DB_PASSWORD", "value": "«geheim20»"
requirepass «geheim11»
CREATE USER 'a'@'%' IDENTIFIED BY '«geheim12»';
ALTER ROLE app WITH LOGIN PASSWORD '«geheim12»';
machine h login u password «geheim18»
snmp-server community «geheim21» RO
enable secret 5 «$1$abcd$0123456789abcdefghijkl»
token=«eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdefghijk-_XYZ»
got «ghp_abcdefghijklmnopqrstuvwxyz0123456789», stored
key id «AKIAIOSFODNN7EXAMPLE» in use
posted to https://hooks.slack.com/services/«T00000000/B00000000/abcdefghijklmnopqrstuvwx»
https://b.example.com/x?X-Amz-Signature=«0123456789abcdef0123456789abcdef»&X-Amz-Expires=60
root:«$6$abcdefgh$0123456789abcdefghijklmnopqrstuvwxyz»:18000:0:99999:7:::
userPassword: «{SSHA}0123456789abcdefghijklmnop==»
olcAccess: x {SSHA}«0123456789abcdefghijklmnop==»
密码：«geheim10»，用户：root
api key: «abcDEF123456»
contact «bob.smith@example.com» now
from=%3C«bob%40example.com»%3E
2024-03-02 INFO user bob logged in with password «Zx81qwer!»
A temporary password is generated for root@localhost: «Zx81;qwer!ab»
password set to "«geheim19»"
Your API token is «Zx81qwerZx81qwer»
echo '«geheim19»' | passwd --stdin bob
echo "bob:«geheim19»" | chpasswd
net use \\srv\share /user:bob «geheim19»
ssh-keygen -t rsa -N «geheim19» -f x
bob/«geheim19»@//db:1521/ORCL
INSERT INTO users (name, password) VALUES ('bob', '«geheim19»')
addauth digest bob:«geheim19»
 neighbor 192.0.2.1 password «geheim19»
    auth_pass «1111»
<dict><key>Password</key><string>«geheim19»</string></dict>
variable "db_password" { default = "«geheim19»" }
expect "password:" { send "«geheim19»\r" }
数据库密码为«geheim19»
пароль: «geheim19»
kubectl create secret generic db --from-literal=one=«geheim19»
API_KEY_PROD=«geheim19»
password=«ENC(geheim19geheim19==)»
;jsessionid=«1A2B3C4D5E6F70819293A4B5C6D7E8F9»
CLIENT_RANDOM 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f «000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f»
`), "\n")

func TestPlaces(t *testing.T) {
	for _, line := range places {
		before, rest, _ := strings.Cut(line, "«")
		secret, after, _ := strings.Cut(rest, "»")
		r := New([]byte("key"), Options{})
		got := string(r.Text([]byte(before + secret + after)))
		mark, ok := strings.CutPrefix(got, before)
		mark, ends := strings.CutSuffix(mark, after)
		if !ok || !ends || isMark([]byte(mark)) != len(mark) {
			t.Errorf("%s\n\tbecame %s", line, got)
			continue
		}
		if again := string(New([]byte("other"), Options{}).Text([]byte(got))); again != got {
			t.Errorf("%s\n\tredacted again became %s", got, again)
		}
	}
}

// Lines without a secret, that look as if they had one.
var ordinary = strings.Split(strings.TrimSpace(`
token expired
password authentication failed for user "bob"
key=value
2024-03-02 10:14:03 ERROR password: must be changed
2024-03-02 10:14:03 WARN invalid token: expected identifier
Invalid token: EOF
sessionid:0x100000123450001 type:ping cxid:0x1 zxid:0xfffffffffffffffe
Session establishment complete on server zk1/192.0.2.1:2181, sessionid = 0x16b2c3d4e5f0001, negotiated timeout = 30000
Accepted password for root from 192.0.2.1 port 22 ssh2
Failed password for invalid user admin from 192.0.2.1 port 22 ssh2
passwd: files sss
passwd[1234]: password for 'bob' changed by 'root'
cat: /etc/passwd: Permission denied
Access denied for user 'root'@'localhost' (using password: YES)
PWD=/root
password_encryption = scram-sha-256
PasswordAuthentication yes
password requisite pam_pwquality.so retry=3
password=${DB_PASSWORD}
password: "{{ .Values.password }}"
password=******
password = os.environ["DB_PASSWORD"]
conn = connect(host, password=self.password)
DB_PASSWORD:  <set to the key 'password' in secret 'db'>  Optional: false
Environment: secretName: db-credentials
secretKeyRef: {name: db, key: password}
max_tokens=4096 tokens: 512
commit 9fceb02d0ae598e95dc970b74767f19372d61af8
id=550e8400-e29b-41d4-a716-446655440000 request_id=7f3a9c21d4
link/ether 52:54:00:12:34:56 brd ff:ff:ff:ff:ff:ff
sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
	at org.apache.kafka.common.security.authenticator.SaslServerAuthenticator.authenticate(SaslServerAuthenticator.java:275)
Ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com
Started getty@tty1.service - Getty on tty1.
Started Session 12 of user root.
[root@app-07 ~]# ls
root@app-07.example.com:~# ls
http://example.com:8080/path@x
rsync bob@host:/var/x .
device-mapper: ioctl: 4.37.0-ioctl (2017-09-20) initialised: dm-devel@redhat.com
Linux version 3.10.0 (mockbuild@kbuilder.bsys.example.org) (gcc version 4.8.5)
authentication: ok
auth: true
Basic authentication is used
Bearer token is missing
Authorization: none
WWW-Authenticate: Basic realm="x"
secret "db-credentials" not found
MountVolume.SetUp failed for volume "x" : secret "db" not found
-----BEGIN CERTIFICATE-----
mkdir -p /var/lib/x
ssh -p 2222 host
docker run -p 8080:80 -u 1000 x
ps -p 1234 -o comm
Token=com.example.app.Token@1a2b3c4d
jvm.token.class: org.example.app.TokenFactory
primary key: id
keepalive=30 keyspace=ks1 keystore=/etc/x/server.jks
next cookie check at 12:00
bypass=yes compass: north
pass: 12 fail: 0
3 passed, 1 failed
token: 42
Password last changed : Jan 01, 2024
Please enter your password:
Failed password for root from 192.0.2.1 port 22 ssh2
Accepted password for Bob1 from 192.0.2.1 port 22 ssh2
pam_unix(sshd:session): session opened for user root by (uid=0)
password for user admin1 Failed
the token for 5f3a2b1c was not found
secret app-tls-x7k2d not found in namespace ns1
Token ring0 is up, token 0x1f2e3d4c5b6a7980 released
echo done | tee /tmp/x
values (1, 2) of secret columns
imp and exp are programs, see exp/imp
digest: sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
type=SYSCALL msg=audit(1): proctitle=2F7573722F62696E2F6C73002D6C61
kernel: Loaded X.509 cert 'CentOS Linux kernel signing key: e1fdb0e2a7e861a1d1ca80a23dcf0dba3aa4adf5'
Mountable secrets:   default-token-x7k2d
  token:      ca.crt
(error) ERR AUTH <password> called without any password configured for the default user
Default principal: bob@EXAMPLE.COM
01/05/2024 10:14:03  01/06/2024 10:14:03  krbtgt/EXAMPLE.COM@EXAMPLE.COM
ssl.keystore.password = [hidden], ssl.key.password = null
[keystonemiddleware.auth_token] Identity response: {"error": {"message": "Could not find token"}}
Session-ID: 0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF
Could not load host key: /etc/ssh/ssh_host_ed25519_key
Cassandra initial_token: -9223372036854775808
kernel: possible SYN flooding on port 2181. Sending cookies.
cipherPadding=PKCS5 keyLength=256
`), "\n")

func TestOrdinary(t *testing.T) {
	for _, line := range ordinary {
		r := New([]byte("key"), Options{})
		if got := string(r.Text([]byte(line))); got != line {
			t.Errorf("%s\n\tbecame %s", line, got)
		}
	}
}

// Secrets that stand in several lines.
func TestRecords(t *testing.T) {
	key := "MIIEowIBAAKCAQEA" + strings.Repeat("x7Yz", 12)
	for name, c := range map[string][2]string{
		"pem": {
			"-----BEGIN RSA PRIVATE KEY-----\n" + key + "\n" + key + "\n-----END RSA PRIVATE KEY-----\nnext\n",
			"-----BEGIN RSA PRIVATE KEY-----\nMARK\n-----END RSA PRIVATE KEY-----\nnext\n",
		},
		"pem in JSON": {
			`{"k":"-----BEGIN PRIVATE KEY-----\n` + key + `\n` + key + `\n-----END PRIVATE KEY-----\n","x":1}`,
			`{"k":"-----BEGIN PRIVATE KEY-----\nMARK\n-----END PRIVATE KEY-----\n","x":1}`,
		},
		"pem without end": {
			"-----BEGIN PRIVATE KEY-----\n" + key + "\n2024-03-02 10:14:03 INFO started with this\n",
			"-----BEGIN PRIVATE KEY-----\nMARK\n2024-03-02 10:14:03 INFO started with this\n",
		},
		"environment": {
			"    - name: DB_PASSWORD\n      value: geheim1\n    - name: HOME\n      value: there\n",
			"    - name: DB_PASSWORD\n      value: MARK\n    - name: HOME\n      value: there\n",
		},
		"environment of a secret": {
			"    - name: DB_PASSWORD\n      valueFrom:\n        secretKeyRef:\n          name: db\n",
			"    - name: DB_PASSWORD\n      valueFrom:\n        secretKeyRef:\n          name: db\n",
		},
		"properties in XML": {
			"<property>\n  <name>javax.jdo.option.ConnectionPassword</name>\n  <value>geheim1</value>\n</property>\n",
			"<property>\n  <name>javax.jdo.option.ConnectionPassword</name>\n  <value>MARK</value>\n</property>\n",
		},
		"secret of Kubernetes": {
			"apiVersion: v1\ndata:\n  one: Z2VoZWltMQ==\n  two: Z2VoZWltMg==\nkind: Secret\nmetadata:\n  name: db\n---\nkind: ConfigMap\ndata:\n  a: b\n",
			"apiVersion: v1\ndata:\n  one: MARK\n  two: MARK\nkind: Secret\nmetadata:\n  name: db\n---\nkind: ConfigMap\ndata:\n  a: b\n",
		},
		"secret of Kubernetes in one line": {
			`{"apiVersion":"v1","data":{"one":"Z2VoZWltMQ==","two":"Z2VoZWltMg=="},"kind":"Secret","metadata":{"name":"db"}}`,
			`{"apiVersion":"v1","data":{"one":"MARK","two":"MARK"},"kind":"Secret","metadata":{"name":"db"}}`,
		},
		"text of an element": {
			"<password>\n    geheim1\n</password>\n",
			"<password>\n    MARK\n</password>\n",
		},
		"block": {
			"db:\n  password: |-\n    geheim1\n  host: db\n",
			"db:\n  password: |-\n    MARK\n  host: db\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := New([]byte("key"), Options{})
			got := r.Text([]byte(c[0]))
			if flat := unmark(got); flat != c[1] {
				t.Errorf("became %s", got)
			}
			if again := New([]byte("other"), Options{}).Text(got); !bytes.Equal(again, got) {
				t.Errorf("redacted again became %s", again)
			}
		})
	}
}

// unmark writes MARK for every mark.
func unmark(b []byte) string {
	var out []byte
	for i := 0; i < len(b); {
		if n := isMark(b[i:]); n > 0 {
			out = append(out, "MARK"...)
			i += n
			continue
		}
		out = append(out, b[i])
		i++
	}
	return string(out)
}

// The same secret has the same mark wherever it stands.
func TestSameMark(t *testing.T) {
	r := New([]byte("key"), Options{})
	want := ""
	for _, line := range []string{
		`password=S3cr3t/pw!`, `{"password":"S3cr3t\/pw!"}`, `x=1&password=S3cr3t%2Fpw%21&y=2`, `mysql://app:S3cr3t%2Fpw%21@db/x`,
		`Authorization: Basic YXBwOlMzY3IzdC9wdyE=`, `  password: S3cr3t/pw!`, `<password>S3cr3t/pw!</password>`,
		"kind: Secret\ndata:\n  a: UzNjcjN0L3B3IQ==\n",
	} {
		got := string(r.Text([]byte(line)))
		i := strings.Index(got, markBegin)
		if i < 0 {
			t.Errorf("%s: no mark in %s", line, got)
			continue
		}
		mark := got[i : i+isMark([]byte(got[i:]))]
		if want == "" {
			want = mark
		}
		if mark != want {
			t.Errorf("%s: mark %s, want %s", line, mark, want)
		}
	}
	if n := len(r.Found()); n != 1 {
		t.Errorf("%d secrets were found: %v", n, r.Found())
	}
	if other := New([]byte("other"), Options{}); strings.Contains(string(other.Text([]byte("password=S3cr3t/pw!"))), want) {
		t.Error("another key gives the same mark")
	}
}
