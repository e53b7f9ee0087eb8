package forensic_test

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"forensic/fixtures"
)

// TestRepeatable runs the program over one set of members in shuffled orders,
// on one and on four processors, in other zones and languages of the machine and
// from other folders: what it prints is the same, but for what it says of the
// archive itself.
func TestRepeatable(t *testing.T) {
	program := filepath.Join(t.TempDir(), "forensic")
	if out, err := exec.Command("go", "build", "-o", program, "./cmd/forensic").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	members := incident(t)
	r := rand.New(rand.NewPCG(20, 0))
	first, hashes := map[string]string{}, map[string]bool{}
	for run := range rounds(10, 100) {
		rnd := r
		if run > 0 {
			rnd.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "incident.tar"), datedTar(t, members), 0o600); err != nil {
			t.Fatal(err)
		}
		env := []string{
			"GOMAXPROCS=" + []string{"1", "4", "16", "2"}[run%4],
			"TZ=" + []string{"UTC", "Asia/Shanghai", "America/St_Johns"}[run%3],
			"LANG=" + []string{"C", "zh_CN.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8"}[run%4],
		}
		sum := ""
		for _, format := range []string{"json", "text", "markdown"} {
			if format != "json" && run > 1 && run%4 != 0 {
				continue
			}
			cmd := exec.Command(program, "analyze", "-f", format, "--lang", "en", filepath.Join(dir, "incident.tar"))
			cmd.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool {
				return strings.HasPrefix(v, "LC_") || strings.HasPrefix(v, "GOMAXPROCS=") || strings.HasPrefix(v, "TZ=") || strings.HasPrefix(v, "LANG")
			}), env...)
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%v: %v", env, err)
			}
			told := string(out)
			if format == "json" {
				told, sum = withoutInputs(t, out)
				hashes[sum] = true
			}
			told = strings.ReplaceAll(told, sum, "(the archive's own)")
			if strings.Contains(told, dir) {
				t.Errorf("%s tells the folder that it ran in", format)
			}
			if run == 0 {
				first[format] = told
			} else if sha256.Sum256([]byte(told)) != sha256.Sum256([]byte(first[format])) {
				t.Fatalf("run %d, %v, %s:\n%s", run, env, format, firstDifference(first[format], told))
			}
		}
	}
	if len(hashes) < 5 {
		t.Errorf("%d hashes of the archive in all orders", len(hashes))
	}
	if !strings.Contains(first["json"], `"id": "F1"`) {
		t.Error("the incident has no finding, so that its report says little")
	}
}

// withoutInputs returns a report without its inputs, and the hash of the input.
func withoutInputs(t *testing.T, out []byte) (rest, sum string) {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(out, &v); err != nil {
		t.Fatal(err)
	}
	var in struct {
		Inputs []struct{ SHA256 string }
	}
	if err := json.Unmarshal(out, &in); err != nil || len(in.Inputs) != 1 || len(in.Inputs[0].SHA256) != 64 {
		t.Fatalf("%v, inputs: %v", err, v["inputs"])
	}
	sum = in.Inputs[0].SHA256
	delete(v, "inputs")
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text), sum
}

// incident is the members of a recorded bundle, and some of each format.
func incident(t *testing.T) []made {
	t.Helper()
	var members []made
	for _, b := range recordedBundles(t) {
		if !strings.HasSuffix(b.name, ".tar") || !strings.HasPrefix(b.name, "zookeeper") {
			continue
		}
		in := tar.NewReader(bytes.NewReader(b.data))
		for {
			h, err := in.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			data, err := io.ReadAll(in)
			if err != nil {
				t.Fatal(err)
			}
			if h.Typeflag == tar.TypeReg {
				members = append(members, made{h.Name, data})
			}
		}
	}
	cases, err := fixtures.Under("fixtures/formats")
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range cases {
		for _, f := range c.Files {
			if i%3 == 0 {
				members = append(members, made{fmt.Sprintf("host%d/%03d/%s", i%4, i, f.Name), f.Data})
			}
		}
	}
	if len(members) < 30 {
		t.Fatalf("only %d members", len(members))
	}
	return members
}

// datedTar is an archive whose members have times of their own, not of their
// order.
func datedTar(t *testing.T, members []made) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, m := range members {
		modified := time.Date(2025, 1, 1, 0, 0, len(m.name)+len(m.data)%3600, 0, time.UTC)
		if err := w.WriteHeader(&tar.Header{Name: m.name, Mode: 0o644, Size: int64(len(m.data)), ModTime: modified}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(m.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
