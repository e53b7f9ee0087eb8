package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"
)

// A labelled set: secrets of every kind, written in every form in which they
// stand in what customers send, each in lines of other text. The generator knows
// the secret, and nothing of how it is looked for.
type planted struct {
	kind, form string
	secret     string
	text       string
	looks      []string // how the secret stands in the text
}

// dice makes what is planted.
type dice struct{ *rand.Rand }

func (d dice) of(list ...string) string { return list[d.IntN(len(list))] }

func (d dice) letters(alphabet string, least, most int) string {
	var b strings.Builder
	for range least + d.IntN(most-least+1) {
		b.WriteByte(alphabet[d.IntN(len(alphabet))])
	}
	return b.String()
}

const (
	lowers = "abcdefghijklmnopqrstuvwxyz"
	uppers = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits = "0123456789"
	alnum  = lowers + uppers + digits
)

// password is what people and machines choose.
func (d dice) password() string {
	switch d.IntN(7) {
	case 0: // a word and digits
		return d.of("Sommer", "welcome", "dragon", "Passw0rd", "letmein", "qwerty", "admin", "kafka") + d.letters(digits, 2, 4) + d.of("", "!", "#", "?")
	case 1: // words
		return d.of("correct", "purple", "silent", "amber") + "-" + d.of("horse", "river", "kettle") + "-" + d.of("battery", "staple", "lamp") + d.letters(digits, 1, 2)
	case 2:
		return d.letters(alnum, 10, 20)
	case 3:
		return d.letters("0123456789abcdef", 32, 32)
	case 4: // a manager of passwords
		return d.letters(alnum, 4, 8) + d.letters("!@#$%^*-_+=~.", 1, 3) + d.letters(alnum, 4, 8)
	case 5: // everything that must be escaped somewhere
		return d.letters(alnum, 3, 6) + d.letters("!@#$%^&*()-_=+[]{};:,.<>/?|~", 2, 4) + d.letters(alnum, 3, 6)
	}
	return d.letters(lowers, 5, 8) + d.letters(digits, 1, 3) + d.letters(lowers, 2, 5)
}

// user is a name that is no secret.
func (d dice) user() string { return d.of("app", "svc_orders", "root", "kafka", "deploy", "alice") }
func (d dice) host() string {
	return d.of("db1.example.com", "192.0.2.17", "cache", "zk3", "[2001:db8::17]", "mq.internal.example.com")
}

// prefix is what a log writes before a message.
func (d dice) prefix() string {
	return d.of(
		"2024-03-02 10:14:03,123 INFO  [main] c.e.app.Config - ",
		"Mar  2 10:14:03 app-07 orders[812]: ",
		"2024-03-02T10:14:03.123Z DEBUG config loaded: ",
		"<14>1 2024-03-02T10:14:03Z app-07 orders 812 - - ",
		"[2024-03-02 10:14:03] ",
		"I0302 10:14:03.123456       1 server.go:88] ",
		"",
	)
}

func jsonText(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(s)
	t := strings.TrimSpace(b.String())
	return t[1 : len(t)-1]
}

func xmlText(s string) string {
	var b bytes.Buffer
	xml.EscapeText(&b, []byte(s))
	return b.String()
}

// unquoted makes of a password one that may stand without quotes in a place
// where some characters would end it.
func (d dice) unquoted(ends string) string {
	for {
		p := d.password()
		if !strings.ContainsAny(p, ends) {
			return p
		}
	}
}

// recall asks how often the planted secret is gone.
func TestRecall(t *testing.T) {
	d := dice{rand.New(rand.NewPCG(7, 77))}
	r := New([]byte("key"), Options{})
	type score struct{ gone, all int }
	by := map[string]*score{}
	var order []string
	rounds := 400
	for i := range rounds {
		for n, make := range generators {
			p := make(d)
			k := fmt.Sprintf("%2d %s, %s", n, p.kind, p.form)
			if by[k] == nil {
				by[k] = &score{}
				order = append(order, k)
			}
			by[k].all++
			got := string(r.Text([]byte(p.text)))
			if left := standing(got, p); left == "" {
				by[k].gone++
			} else if i < 400 && testing.Verbose() {
				t.Logf("%s: %s is left of %q\n\tin  %s\n\tout %s", k, left, p.secret, p.text, got)
			}
			if again := string(New([]byte("other"), Options{}).Text([]byte(got))); again != got {
				t.Errorf("%s\n\tbecame %s\n\tand then %s", p.text, got, again)
			}
		}
	}
	forms := map[string]*score{}
	for _, k := range order {
		s := by[k]
		form := "plain"
		if _, f, _ := strings.Cut(k, ", "); f != "plain" {
			form = f
		}
		if forms[form] == nil {
			forms[form] = &score{}
		}
		forms[form].all += s.all
		forms[form].gone += s.gone
		if s.gone < s.all {
			t.Logf("%s: %d of %d", k, s.gone, s.all)
		}
	}
	for form, s := range forms {
		least := 0.95
		if form == "plain" {
			least = 0.99
		}
		if got := float64(s.gone) / float64(s.all); got < least {
			t.Errorf("%s: %.4f of %d are gone, want %.2f", form, got, s.all, least)
		} else {
			t.Logf("%s: %.4f of %d", form, got, s.all)
		}
	}
}

// standing returns in which encoding the secret still stands, "" where in none.
func standing(text string, p planted) string {
	for _, look := range append(p.looks, p.secret, url.QueryEscape(p.secret), jsonText(p.secret), xmlText(p.secret),
		base64.StdEncoding.EncodeToString([]byte(p.secret)), base64.RawURLEncoding.EncodeToString([]byte(p.secret))) {
		if len(look) >= 4 && strings.Contains(text, look) {
			return look
		}
	}
	return ""
}

// The same texts in UTF-16 and as binary data.
func TestRecallWide(t *testing.T) {
	d := dice{rand.New(rand.NewPCG(8, 88))}
	for range 200 {
		p := generators[d.IntN(len(generators))](d)
		text := strings.Repeat("ordinary line\n", 20) + p.text + "\n"
		var in bytes.Buffer
		in.WriteString("\xff\xfe")
		for _, u := range utf16.Encode([]rune(text)) {
			in.Write([]byte{byte(u), byte(u >> 8)})
		}
		r := New([]byte("key"), Options{})
		var out bytes.Buffer
		s := r.NewStream(&out, "x.log")
		for b := in.Bytes(); len(b) > 0; b = b[min(len(b), 7):] {
			s.Write(b[:min(len(b), 7)])
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		units := make([]uint16, out.Len()/2)
		for i := range units {
			units[i] = uint16(out.Bytes()[2*i]) | uint16(out.Bytes()[2*i+1])<<8
		}
		got := string(utf16.Decode(units))
		want := "\ufeff" + string(New([]byte("key"), Options{}).Text([]byte(text)))
		if got != want {
			t.Fatalf("%q\n\tbecame %q\n\twant   %q", text, got, want)
		}
	}
}
