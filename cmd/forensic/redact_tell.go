package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/urfave/cli/v2"

	"forensic"
	"forensic/redact"
	"forensic/report"
)

// mapped is a line of the map: what a mark stands for.
type mapped struct {
	Mark   string `json:"mark"`
	Kind   string `json:"kind"`
	Value  string `json:"value,omitempty"`
	Base64 string `json:"value_base64,omitempty"`
	Times  int    `json:"times"`
	First  string `json:"first,omitempty"`
}

// writeMap writes what each mark of a copy stands for.
func writeMap(w io.Writer, name string, by *redact.Redactor) error {
	m := struct {
		Schema   string   `json:"schema"`
		Copy     string   `json:"copy"`
		Warning  string   `json:"warning"`
		Marks    []mapped `json:"marks"`
		Unlisted int      `json:"unlisted,omitempty"`
	}{Schema: "forensic.redaction/v1", Copy: name, Warning: "this file holds the secrets that are not in the copy: do not share it", Marks: []mapped{}, Unlisted: by.Unlisted()}
	for _, f := range by.Found() {
		one := mapped{Mark: f.Mark, Kind: f.Kind.String(), Value: f.Value, Times: f.Times, First: f.Where}
		if !utf8.ValidString(f.Value) {
			one.Value, one.Base64 = "", base64.StdEncoding.EncodeToString([]byte(f.Value))
		}
		m.Marks = append(m.Marks, one)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(m)
}

// copyWords are the words of the summary.
var copyWords = map[string]struct {
	head                   string
	kinds                  map[redact.Kind]string
	not, looked            string
	left, odd, mapped, end string
}{
	"en": {
		head: "%s: %d members, %d captures, %d bytes read\n",
		kinds: map[redact.Kind]string{
			redact.Secret: "passwords, keys and cookies, by where they stand", redact.Token: "tokens, by their own form", redact.Key: "private keys and TLS session secrets",
			redact.Email: "e-mail addresses", redact.Host: "host names", redact.Address: "IP addresses",
		},
		not:    "not looked for (%s)",
		looked: "Looked for in text as it stands and escaped for JSON, XML and URLs, in headers, settings, command lines\nand base64; in names of members, in archives inside archives and in the payload of packets.\n",
		left:   "Not in the copy:\n", odd: "In the copy, but:\n",
		mapped: "%s says what each mark stands for. Keep it, and do not share it.\n",
		end:    "This is a best effort: a secret without a telling name or form is not found. Look through the copy before\nyou share it.\n",
	},
	"zh": {
		head: "%s：%d 个成员，%d 个抓包文件，读取 %d 字节\n",
		kinds: map[redact.Kind]string{
			redact.Secret: "密码、密钥和 Cookie（按所在位置识别）", redact.Token: "令牌（按自身形式识别）", redact.Key: "私钥和 TLS 会话密钥",
			redact.Email: "电子邮件地址", redact.Host: "主机名", redact.Address: "IP 地址",
		},
		not:    "未查找（%s）",
		looked: "查找范围：原文及 JSON、XML、URL 转义形式，请求头、配置、命令行和 base64；成员名、嵌套归档和报文载荷。\n",
		left:   "未放入副本：\n", odd: "已放入副本，但：\n",
		mapped: "%s 记录每个标记对应的原文。请自行保管，不要外发。\n",
		end:    "这只是尽力而为：没有特征名称或形式的秘密不会被发现。外发之前请检查副本。\n",
	},
}

// tellCopy says what was looked for, what was found, and what is not in the copy.
func tellCopy(w io.Writer, lang, out string, c *cli.Context, by *redact.Redactor, done *forensic.Redaction) error {
	words := copyWords[lang]
	var b strings.Builder
	fmt.Fprintf(&b, words.head, report.Visible(out), done.Members, done.Captures, done.Bytes)
	for _, k := range redact.Kinds() {
		flag := map[redact.Kind]string{redact.Host: "hosts", redact.Address: "addresses"}[k]
		if flag != "" && !c.Bool(flag) {
			fmt.Fprintf(&b, "  %8s  %s: %s\n", "-", words.kinds[k], fmt.Sprintf(words.not, "--"+flag))
			continue
		}
		fmt.Fprintf(&b, "  %8d  %s\n", by.Counts(k), words.kinds[k])
	}
	b.WriteString(words.looked)
	for _, list := range []struct {
		title string
		of    []forensic.Skipped
	}{{words.left, done.Left}, {words.odd, done.Notes}} {
		if len(list.of) > 0 {
			b.WriteString(list.title)
		}
		for _, s := range list.of {
			fmt.Fprintf(&b, "  %s: %s\n", report.Visible(s.Path), report.Visible(report.InLang(s.Why, lang)))
		}
	}
	fmt.Fprintf(&b, words.mapped, report.Visible(mapName(out)))
	b.WriteString(words.end)
	_, err := io.WriteString(w, b.String())
	return err
}
