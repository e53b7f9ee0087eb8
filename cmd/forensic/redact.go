package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"forensic"
	"forensic/bundle"
	"forensic/redact"
	"forensic/redact/pack"
	"forensic/report"
)

func (p *program) redact() *cli.Command {
	return &cli.Command{
		Name: "redact", Usage: "a copy that can be shared: secrets gone, relations kept", ArgsUsage: "PATH -o COPY",
		Description: "Passwords, tokens, keys, cookies, credentials in URLs, private keys and e-mail addresses are\n" +
			"replaced by marks, the same one for the same secret. COPY is of the same kind as PATH: a folder,\n" +
			"an archive, a file. COPY.map.json says what each mark stands for; it stays with you.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "`FILE` the copy: a folder, or a file of the kind of PATH"},
			&cli.BoolFlag{Name: "hosts", Usage: "host names too", DisableDefaultText: true},
			&cli.BoolFlag{Name: "addresses", Usage: "IP addresses too; networks stay networks", DisableDefaultText: true},
			&cli.StringFlag{Name: "seed", Usage: "`TEXT` choose the marks by this text, not at random: for tests"},
			&cli.StringFlag{Name: "temp", Usage: "`DIR` folder for temporary files"},
			&cli.StringFlag{Name: "progress", Usage: "`WHEN` show how far it is: auto, always, never", Value: "auto", DefaultText: "auto"},
			&cli.BoolFlag{Name: "strict", Usage: "exit 4 when part of the input could not be copied", DisableDefaultText: true},
			&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "no progress, no summary", DisableDefaultText: true},
			&cli.StringFlag{Name: "lang", Usage: "`LANG` language of what people read: en, zh (default: from the locale)"},
		},
		Action: p.runRedact,
	}
}

func (p *program) runRedact(c *cli.Context) error {
	lang, _, err := p.langFlag(c)
	if err != nil {
		return err
	}
	out := c.String("output")
	switch {
	case c.Args().Len() > 1:
		return &failure{exitUsage, "redact", "more than one PATH was given", "copy them one by one, or name the folder that holds them"}
	case out == "":
		return &failure{exitUsage, "redact", "no name for the copy was given", "write -o COPY"}
	case out == "-":
		return &failure{exitUsage, "-o -", "the copy is a file or a folder, with a map beside it", "name it"}
	}
	paths, unread := p.readable(c)
	if len(paths) == 0 {
		return unread
	}
	path := paths[0]
	if v := c.String("temp"); v != "" {
		if info, err := os.Stat(v); err != nil || !info.IsDir() {
			return badValue("temp", v, "there is no such folder", "name a folder that you may write to")
		}
	}
	if err := apartFrom(path, out); err != nil {
		return err
	}
	line, err := p.progress(c, paths)
	if err != nil {
		return err
	}
	var tell func(forensic.Progress)
	if line != nil {
		tell = line.note
	}
	ctx, stop := signal.NotifyContext(c.Context, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	by, done, err := copyTo(ctx, c, path, out, tell)
	if line != nil {
		line.end()
	}
	switch {
	case errors.Is(err, context.Canceled):
		return &failure{exitInterrupted, "redact " + path, "interrupted", "no copy was written"}
	case err != nil:
		return copyFailure(out, err)
	}
	if !c.Bool("quiet") {
		err = tellCopy(p.stdout, lang, out, c, by, done)
	}
	if n := len(done.Left) + len(done.Notes); c.Bool("strict") && n > 0 {
		err = errors.Join(err, &failure{exitIncomplete, "--strict", fmt.Sprintf("left out: %d, copied but odd: %d", len(done.Left), len(done.Notes)), "the end of the summary lists them"})
	}
	return err
}

// copyTo makes the copy and its map, both or none.
func copyTo(ctx context.Context, c *cli.Context, path, out string, tell func(forensic.Progress)) (*redact.Redactor, *forensic.Redaction, error) {
	var files report.Files
	defer files.Discard()
	to := &pack.Packer{Temp: c.String("temp")}
	var err error
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		dir, err := files.CreateFolder(out)
		if err != nil {
			return nil, nil, err
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			return nil, nil, err
		}
		defer root.Close()
		to.Folder = root
	} else if to.File, err = files.Create(out); err != nil {
		return nil, nil, err
	}
	secret, err := files.Create(mapName(out))
	if err != nil {
		return nil, nil, err
	}
	secret.KeepSecret()
	opt := redact.Options{Hosts: c.Bool("hosts"), Addresses: c.Bool("addresses")}
	if opt.Hosts {
		if opt.HostNames, err = hostNames(ctx, path, c.String("temp")); err != nil {
			return nil, nil, err
		}
	}
	by := redact.New(keyOf(c), opt)
	done, err := forensic.Redact(ctx, path, to, by, bundle.Limits{Temp: c.String("temp")}, tell)
	if err != nil {
		return nil, nil, err
	}
	if done.Members == 0 {
		why := "there is nothing in it that can be copied"
		if len(done.Left) > 0 {
			why = done.Left[0].Why
		}
		return nil, nil, &failure{exitFailed, "redact " + path, why, "no copy was written"}
	}
	if err := writeMap(secret, filepath.Base(out), by); err != nil {
		return nil, nil, err
	}
	return by, done, files.Commit()
}

// keyOf is what the marks are made with: chosen at random for each copy, so that
// marks of two copies tell nothing about each other.
func keyOf(c *cli.Context) []byte {
	if seed := c.String("seed"); seed != "" {
		sum := sha256.Sum256([]byte("forensic redact " + seed))
		return sum[:]
	}
	key := make([]byte, 32)
	rand.Read(key) // never fails
	return key
}

// hostNames learns from an analysis which names are hosts: one without a dot
// looks like any other word.
func hostNames(ctx context.Context, path, temp string) ([]string, error) {
	if path == "-" {
		return nil, &failure{exitUsage, "--hosts", "the input is read twice, and - can be read once", "save it to a file and name that"}
	}
	r, err := forensic.Analyze(ctx, []string{path}, forensic.Options{Temp: temp})
	if err != nil {
		return nil, err
	}
	var names []string
	for i := range r.Hosts {
		names = append(names, r.Hosts[i].Host)
	}
	return names, nil
}

func mapName(out string) string { return strings.TrimRight(out, `/\`) + ".map.json" }

// archiveEndings tell kinds of files by their names.
var archiveEndings = []struct{ ending, kind string }{
	{".tar.gz", "tgz"}, {".tgz", "tgz"}, {".tar.bz2", "tbz"}, {".tbz2", "tbz"}, {".tbz", "tbz"}, {".tar.xz", "txz"}, {".txz", "txz"}, {".tar.zst", "tzst"}, {".tzst", "tzst"},
	{".tar", "tar"}, {".zip", "zip"}, {".gz", "gz"}, {".bz2", "bz2"}, {".xz", "xz"}, {".zst", "zst"},
}

func kindByName(name string) string {
	for _, e := range archiveEndings {
		if strings.HasSuffix(strings.ToLower(name), e.ending) {
			return e.kind
		}
	}
	return ""
}

// apartFrom refuses a copy that would lie on or in its input, or bear the name
// of another kind of file.
func apartFrom(path, out string) error {
	what := "-o " + out
	from, err := os.Stat(path)
	if path == "-" {
		return nil
	}
	if err != nil {
		return openFailure(path, err)
	}
	for _, name := range []string{out, mapName(out)} {
		if to, err := os.Stat(name); err == nil && os.SameFile(from, to) {
			return &failure{exitUsage, what, "the copy would replace its input", "choose another name"}
		}
	}
	a, b := realPath(path), realPath(out)
	switch sep := string(filepath.Separator); {
	case from.IsDir() && strings.HasPrefix(b+sep, a+sep):
		return &failure{exitUsage, what, "the copy would lie inside its input", "choose another folder"}
	case strings.HasPrefix(a, b+sep):
		return &failure{exitUsage, what, "the input lies inside it", "choose another name"}
	}
	was, is := kindByName(path), kindByName(out)
	if is != "" && (from.IsDir() || was != "" && was != is) {
		do := "let its name end like that of " + filepath.Base(path)
		if from.IsDir() {
			do = "name a folder, and pack that"
		}
		return &failure{exitUsage, what, "the copy is of the same kind as its input", do}
	}
	return nil
}

// realPath is the path without links, as far as it exists.
func realPath(p string) string {
	abs, err := filepath.Abs(p)
	if err != nil {
		return p
	}
	rest := ""
	for dir := abs; ; {
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			return filepath.Join(real, rest)
		}
		up := filepath.Dir(dir)
		if up == dir {
			return abs
		}
		rest = filepath.Join(filepath.Base(dir), rest)
		dir = up
	}
}

// copyFailure words why there is no copy.
func copyFailure(out string, err error) error {
	var f *failure
	var w *report.WriteError
	switch {
	case errors.As(err, &f):
		return err
	case errors.As(err, &w):
		return writeFailure(err)
	}
	do := "choose another folder"
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		do = "free space, choose another folder, or name one for temporary files with --temp"
	}
	return &failure{exitFailed, "write " + out, why(err), do}
}
