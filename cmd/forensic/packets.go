package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"forensic"
	"forensic/report"
)

// packets are the captures named with --export-packets: the packets of a
// finding's connections, from another pass over the input.
type packets struct {
	want []wantedPackets
	sink *forensic.Packets
	out  report.Files
}

type wantedPackets struct {
	finding string
	file    *report.File
	name    string
}

// newPackets reads the flag and opens its files, before anything is read.
func newPackets(c *cli.Context) (*packets, error) {
	const flag = "export-packets"
	p := &packets{}
	var ids []string
	seen := map[string]bool{}
	for _, v := range c.StringSlice(flag) {
		id, name, ok := strings.Cut(v, "=")
		var err error
		switch {
		case !ok || !isFindingID(id) || name == "":
			err = badValue(flag, v, "not FINDING=FILE.pcapng", "write F1=f1.pcapng; the report numbers the findings")
		case !strings.HasSuffix(strings.ToLower(name), ".pcapng"):
			err = badValue(flag, v, "the file is written as pcapng", "let its name end in .pcapng")
		case seen[filepath.Clean(name)]:
			err = badValue(flag, v, "the file is named twice", "name it once")
		default:
			err = twice(flag, v, c.Args().Slice())
		}
		if err != nil {
			p.out.Discard()
			return nil, err
		}
		seen[filepath.Clean(name)] = true
		f, err := p.out.Create(name)
		if err != nil {
			p.out.Discard()
			return nil, writeFailure(err)
		}
		p.want = append(p.want, wantedPackets{id, f, name})
		ids = append(ids, id)
	}
	p.sink = forensic.NewPackets(ids...)
	return p, nil
}

func isFindingID(s string) bool {
	return len(s) > 1 && s[0] == 'F' && strings.Trim(s[1:], "0123456789") == ""
}

// twice refuses what cannot be read another time.
func twice(flag, value string, paths []string) error {
	for _, path := range paths {
		info, err := os.Stat(path)
		if path == "-" || err == nil && info.Mode()&os.ModeNamedPipe != 0 {
			return badValue(flag, value, "the captures are read a second time, and "+path+" can be read once", "save it to a file and name that")
		}
	}
	return nil
}

// sinks are what the analysis tells its events to.
func (p *packets) sinks() []forensic.Sink {
	if len(p.want) == 0 {
		return nil
	}
	return []forensic.Sink{p.sink}
}

// write makes the files, all of them or none.
func (p *packets) write(c *cli.Context, r *forensic.Result, paths []string, opt forensic.Options) error {
	defer p.out.Discard()
	if len(p.want) == 0 {
		return nil
	}
	if !r.Complete {
		return &failure{exitFailed, "--export-packets", "the analysis was interrupted", "let it finish"}
	}
	ctx, stop := signal.NotifyContext(c.Context, os.Interrupt, syscall.SIGTERM)
	defer stop()
	lim := opt.Limits
	if lim.Temp == "" {
		lim.Temp = opt.Temp
	}
	for _, w := range p.want {
		what := "--export-packets " + w.finding + "=" + w.name
		if err := known(what, w.finding, r); err != nil {
			return err
		}
		n, err := p.sink.Write(ctx, paths, w.finding, lim, w.file)
		var unwritten *report.WriteError
		switch {
		case errors.Is(err, context.Canceled):
			return &failure{exitInterrupted, what, "interrupted", "no file was written"}
		case errors.As(err, &unwritten):
			return writeFailure(err)
		case err != nil:
			return &failure{exitFailed, what, why(err), "no file was written"}
		case n == 0:
			return &failure{exitFailed, what, noPackets(w.finding, r), "no file was written"}
		}
	}
	if err := p.out.Commit(); err != nil {
		return writeFailure(err)
	}
	return nil
}

// known refuses the id of a finding that there is not.
func known(what, id string, r *forensic.Result) error {
	for _, f := range r.Findings {
		if f.ID == id {
			return nil
		}
	}
	switch n := len(r.Findings); n {
	case 0:
		return &failure{exitFailed, what, "there are no findings", "leave the flag out"}
	case 1:
		return &failure{exitFailed, what, "there is no such finding", "there is " + r.Findings[0].ID}
	default:
		return &failure{exitFailed, what, "there is no such finding", fmt.Sprintf("there are %s to %s", r.Findings[0].ID, r.Findings[n-1].ID)}
	}
}

func noPackets(id string, r *forensic.Result) string {
	for i := range r.Sources {
		if r.Sources[i].Unit == "packet" {
			return "no connection that " + id + " speaks of is in a capture"
		}
	}
	return "there is no capture in the input"
}
