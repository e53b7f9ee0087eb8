package bundle

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// needs skips a test where a program is missing, and fails it where nothing may
// be left out.
func needs(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		_, err := exec.LookPath(name)
		if err == nil {
			continue
		}
		if _, err := os.Stat("/usr/sbin/" + name); err == nil {
			continue
		}
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not installed: scripts/install-test-tools.sh installs it", name)
		}
		t.Skipf("%s is not installed", name)
	}
}

func program(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	return "/usr/sbin/" + name
}

// logrotate rotates once, by a configuration.
func logrotate(t *testing.T, dir, config string) {
	t.Helper()
	at := filepath.Join(dir, "rotate.conf")
	if err := os.WriteFile(at, []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program("logrotate"), "-f", "-s", filepath.Join(dir, "state"), at).CombinedOutput()
	if err != nil {
		t.Fatalf("logrotate: %v\n%s", err, out)
	}
}

// logrotate from Debian renames, or copies and truncates, a log that is written
// to; after renaming, the writer goes on in the old file for a moment.
func TestFollowLogrotate(t *testing.T) {
	needs(t, "logrotate")
	for name, how := range map[string]string{
		"create":            "create 0600\nnocompress",
		"delayed":           "create 0600\ncompress\ndelaycompress",
		"compress":          "create 0600\ncompress",
		"date":              "create 0600\nnocompress\ndateext\ndateformat -%Y%m%d-%s",
		"copytruncate":      "copytruncate\nnocompress",
		"copytruncate date": "copytruncate\nnocompress\ndateext\ndateformat -%Y%m%d-%s",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.Chmod(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "app.log")
			w := newWriter(t, path, 11)
			r := follow(t, FollowOptions{}, path)
			rounds := 6
			if os.Getenv("SOAK") != "" {
				rounds = 60
			}
			for range rounds {
				for range 20 {
					w.write(50)
				}
				copied := strings.Contains(how, "copytruncate")
				if copied {
					r.await(t, "app.log", w.next-500) // it may be anywhere in it
				}
				logrotate(t, dir, fmt.Sprintf("%s {\nrotate 400\nmissingok\n%s\nsu root root\n}\n", path, how))
				if !copied {
					if !strings.HasSuffix(how, "\ncompress") { // which takes late lines from everybody
						w.write(100) // late
					}
					w.f.Close()
					w.open()
				}
				if strings.Contains(how, "%s") {
					time.Sleep(1100 * time.Millisecond) // its names count seconds
				}
			}
			w.write(100)
			r.await(t, "app.log", w.next)
			r.end(t)
			got := tallyNumbered(r.got("app.log"), w.next)
			if got.lost+got.twice+got.torn > 0 {
				t.Errorf("of %d lines %+v; told %q", w.next, got, r.told())
			}
		})
	}
}

// rsyslogd from Debian writes what it gets on a socket, and is told by logrotate
// to open its file anew.
func TestFollowRsyslog(t *testing.T) {
	needs(t, "rsyslogd", "logrotate")
	dir, err := os.MkdirTemp("", "rsyslog") // names of sockets are short
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path, socket, pid := filepath.Join(dir, "messages"), filepath.Join(dir, "log"), filepath.Join(dir, "pid")
	conf := filepath.Join(dir, "rsyslog.conf")
	text := fmt.Sprintf(`
global(workDirectory=%[1]q maxMessageSize="8k")
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket=%[2]q RateLimit.Interval="0")
template(name="plain" type="string" string="%%rawmsg-after-pri%%\n")
action(type="omfile" file=%[3]q template="plain")
`, dir, socket, path)
	if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program("rsyslogd"), "-n", "-f", conf, "-i", pid)
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
	}()
	var to net.Conn
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if to, err = net.Dial("unixgram", socket); err == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("rsyslogd does not listen: %v\n%s", err, said.String())
		}
	}
	defer to.Close()
	r := follow(t, FollowOptions{Whole: true}, path)
	sent := 0
	for range 5 {
		for range 2000 {
			line := strings.TrimSuffix(numbered(sent), "\n")
			for {
				_, err := to.Write([]byte("<13>" + line))
				if err == nil {
					break
				}
				if !errors.Is(err, syscall.ENOBUFS) && !errors.Is(err, syscall.EAGAIN) {
					t.Fatal(err)
				}
				time.Sleep(time.Millisecond)
			}
			sent++
		}
		logrotate(t, dir, fmt.Sprintf("%s {\nrotate 100\nmissingok\ncompress\ndelaycompress\nsu root root\npostrotate\nkill -HUP $(cat %s)\nendscript\n}\n", path, pid))
	}
	defer func() {
		if t.Failed() {
			list, _ := exec.Command("ls", "-la", dir).CombinedOutput()
			t.Logf("%s\n%s", list, said.String())
		}
	}()
	r.await(t, "messages", sent)
	r.end(t)
	got := tallyNumbered(r.got("messages"), sent)
	if got.lost+got.twice+got.torn > 0 {
		t.Errorf("of %d lines %+v; told %q; the first lines: %.200s", sent, got, r.told(), r.got("messages"))
	}
}
