package forensic_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"forensic/bundle"
	"forensic/event"
	"forensic/pcap"
	"forensic/pcap/script"
	"forensic/redact"
)

// talks are connections whose payload holds a secret; some tear it.
const talks = `C 192.0.2.10:40000
S 192.0.2.1:80
10:14:03.000 C>S connect
+1ms C>S "GET /x?password=Geheim-71a HTTP/1.1\r\nHost: app.example\r\nAuthorization: Bear"
+1ms C>S "er Geheim72bcdefgh0123\r\nCookie: sid=Geheim73bcde"
+1ms C>S "fgh0123; theme=x\r\nX-Api-Key: Geheim74bcdefgh0123\r\n\r\n"
+20ms S>C "HTTP/1.1 200 OK\r\nSet-Cookie: id=Geheim75bcdefgh0123; Path=/\r\nContent-Length: 0\r\n\r\n"
+1s C>S close
D 192.0.2.10:40001
R 192.0.2.2:6379
+1s D>R connect
+1ms D>R "*2\r\n$4\r\nAUTH\r\n$10\r\nGeheim-76a\r\n"
+1ms R>D "+OK\r\n"
+1s D>R close
E 192.0.2.10:40002
F 192.0.2.3:21
+1s E>F connect
+1ms F>E "220 ready\r\n"
+1ms E>F "USER bob\r\n"
+1ms E>F "PASS Geheim-77a\r\n"
+1ms F>E "230 in\r\n"
+1s E>F close
`

// Wherever a secret stands (members, members of archives in archives, names,
// payload, base64, two bytes a character), nothing of the copy holds it in any of
// six encodings, and the map does.
func TestRedactedEverywhere(t *testing.T) {
	capture, err := script.Compile(talks)
	if err != nil {
		t.Fatal(err)
	}
	payload := []string{"Geheim-71a", "Geheim72bcdefgh0123", "Geheim73bcdefgh0123", "Geheim74bcdefgh0123", "Geheim75bcdefgh0123", "Geheim-76a", "Geheim-77a"}
	const secret, key = "Geheim/81+a", "MIIEowIBAAKCAQEAx7Yz0123456789abcdefghijklmnopqrstuvwxyz0123456789"
	pem := "-----BEGIN RSA PRIVATE KEY-----\n" + key + "\n" + key + "\n-----END RSA PRIVATE KEY-----\n"
	b64 := base64.StdEncoding.EncodeToString
	inner := []made{
		{"conf/app.properties", []byte("db.password=" + secret + "\n")},
		{"conf/id_rsa", []byte(pem)},
		{"logs/http.log", []byte("Authorization: Basic " + b64([]byte("app:"+secret)) + "\nPOST user=app&password=" + url.QueryEscape(secret) + "\n")},
		{"secret.yaml", []byte("apiVersion: v1\nkind: Secret\ndata:\n  one: " + b64([]byte(secret)) + "\n")},
		{"dump-password=Geheim82abc.log", []byte("nothing\n")},
		{"wide.log", asUTF16("\ufeffpassword=" + secret + "\r\n")},
		{"core", []byte("\x7fELF\x00\x00\x00DB_PASSWORD=" + secret + "\x00HOME=/root\x00")},
		{"talk.pcap", capture},
	}
	outer := append(append([]made{}, inner...), made{"nested/host.tgz", gzipped(t, tarred(t, inner))}, made{"nested/host.zip", zipped(t, inner)}, made{"logs/x.log.gz", gzipped(t, []byte("password="+secret+"\n"))}, made{"torn.tgz", gzipped(t, tarred(t, inner))[:300]})
	from := filepath.Join(t.TempDir(), "bundle.tgz")
	if err := os.WriteFile(from, gzipped(t, tarred(t, outer)), 0o600); err != nil {
		t.Fatal(err)
	}
	by := redact.New([]byte("key"), redact.Options{})
	out, done := redacted(t, from, by)
	if want := 4*len(inner) - 8 + 2; done.Members < want {
		t.Errorf("%d members were copied, want %d", done.Members, want)
	}
	all := contents(t, out)
	for _, s := range append([]string{secret, key, "Geheim82abc"}, payload...) {
		for how, look := range encodings(s) {
			if strings.Contains(all, look) {
				t.Errorf("%s stands in the copy: %s", s, how)
			}
		}
	}
	// Torn secrets are known by their beginning.
	for _, part := range []string{"Geheim7", "bcdefgh0123", "fgh0123"} {
		if strings.Contains(all, part) {
			t.Errorf("a part of a torn secret, %s, is left", part)
		}
	}
	mapped := map[string]bool{}
	for _, f := range by.Found() {
		mapped[f.Value] = true
	}
	for _, s := range []string{secret, "Geheim-71a", "Geheim-76a", "Geheim82abc"} {
		if !mapped[s] {
			t.Errorf("%s is not in the map", s)
		}
	}
	sameStory(t, capture, by)
}

// sameStory holds that a redacted capture tells of the same connections.
func sameStory(t *testing.T, capture []byte, by *redact.Redactor) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "talk.pcap")
	if err := os.WriteFile(path, capture, 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := redacted(t, path, by)
	copied, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	tell := func(b []byte) string {
		var s strings.Builder
		_, err := pcap.Read(context.Background(), bytes.NewReader(b), pcap.Options{}, func(e *event.Event) error {
			s.WriteString(e.Kind + " " + e.Text + "\n")
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		return s.String()
	}
	if len(copied) != len(capture) || tell(copied) != tell(capture) {
		t.Errorf("%d bytes became %d, which tell\n%s\nwant\n%s", len(capture), len(copied), tell(copied), tell(capture))
	}
}

// encodings are six ways in which a secret may stand in a text.
func encodings(s string) map[string]string {
	j, _ := json.Marshal(s)
	var wide strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		wide.WriteByte(byte(u))
		wide.WriteByte(byte(u >> 8))
	}
	b := base64.StdEncoding.EncodeToString([]byte("ab" + s)) // as it stands in the middle of base64
	return map[string]string{
		"plain": s, "JSON": string(j[1 : len(j)-1]), "URL": url.QueryEscape(s), "base64": strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(s)), "=")[:len(s)*4/3-2],
		"inside base64": b[4 : len(b)-4], "UTF-16": wide.String(),
	}
}

// What cannot be read travels not at all, and is named.
func TestRedactLeavesOut(t *testing.T) {
	from := t.TempDir()
	for name, data := range map[string]string{
		"a.log": "password=Geheim-91\n", "b.rar": "Rar!\x1a\x07\x00Geheim-92", "keys.jks": "\xfe\xed\xfe\xed\x00\x00\x00\x02Geheim-93", "c.tgz": "not packed, password=Geheim-94\n",
	} {
		if err := os.WriteFile(filepath.Join(from, name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(from, "link")); err != nil {
		t.Fatal(err)
	}
	out, done := redacted(t, from, redact.New([]byte("key"), redact.Options{}))
	var said []string
	for _, s := range append(done.Left, done.Notes...) {
		said = append(said, s.Path+": "+s.Why)
	}
	want := "b.rar: RAR archives are not read; unpack it and name the folder\nlink: symbolic link to /etc/passwd; not followed\nkeys.jks: a store of keys; only a mark was written in its place"
	if got := strings.Join(said, "\n"); got != want {
		t.Errorf("said\n%s\nwant\n%s", got, want)
	}
	var names []string
	for m := range bundle.Open(context.Background(), out, bundle.Limits{}) {
		names = append(names, m.Path)
	}
	if got := strings.Join(names, " "); got != "a.log c.tgz keys.jks" {
		t.Errorf("the copy holds %s", got)
	}
	if strings.Contains(contents(t, out), "Geheim") {
		t.Error("a secret is in the copy")
	}
}
