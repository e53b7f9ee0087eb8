package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// completed are lines as they are typed, and what shells offer for them.
var completed = map[string]string{
	"forensic ti":                         "timeline",
	"forensic timeline logs --format per": "perfetto",
	"forensic timeline -f l2":             "l2tcsv",
	"forensic analyze --exp":              "--export-packets",
	"forensic analyze --severity cr":      "critical",
	"forensic rules li":                   "lint list",
	"forensic rules show --ru":            "--rules",
	"forensic schema ti":                  "timeline",
}

// shell finds a shell. Where there is none the test is left out, but for
// machines that must have it.
func shell(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not installed", name)
		}
		t.Skipf("%s is not installed", name)
	}
	return path
}

func TestFishCompletes(t *testing.T) {
	fish := shell(t, "fish")
	for line, want := range completed {
		c := exec.Command(fish, "-N", "-c", "source completions/forensic.fish; complete -C "+"'"+line+"'")
		c.Env = append(os.Environ(), "HOME="+t.TempDir(), "XDG_CONFIG_HOME="+t.TempDir(), "XDG_DATA_HOME="+t.TempDir())
		out, err := c.CombinedOutput()
		var got []string
		for offer := range strings.Lines(string(out)) {
			word, _, _ := strings.Cut(strings.TrimSpace(offer), "\t") // behind it stands what it means
			got = append(got, word)
		}
		slices.Sort(got)
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%q completes to %q, want %q; %v", line, got, want, err)
		}
	}
}

// zshInside makes every word that zsh offers visible.
const zshInside = `unsetopt zle_bracketed_paste 2>/dev/null
fpath=($PWD/completions $fpath)
autoload -Uz compinit && compinit -u -D
setopt rcexpandparam no_list_beep
compadd() {
    case " $* " in
    *' -O '*|*' -A '*|*' -D '*) builtin compadd "$@"; return ;;
    esac
    local -a hits
    builtin compadd -A hits "$@"
    (( $#hits )) && print -rl -- "<<"$hits">>"
    builtin compadd "$@"
}
finish() { zle complete-word; print -r -- '<<END>>' }
zle -N finish
bindkey '^I' finish
`

// zshAround types a line and the tab key into a zsh of its own.
const zshAround = `zmodload zsh/zpty || exit 3
zpty z zsh -f -i
zpty -w z "PROMPT=; source $1; print REA''DY"
zpty -r z out '*READY*' || exit 4
zpty -n -w z "$LINE_TYPED"$'\t'
zpty -r z out '*<<END>>*' || exit 5
print -r -- "$out"
zpty -d z
`

func TestZshCompletes(t *testing.T) {
	zsh := shell(t, "zsh")
	dir := t.TempDir()
	inside, around := filepath.Join(dir, "inside"), filepath.Join(dir, "around")
	for file, text := range map[string]string{inside: zshInside, around: zshAround} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for line, want := range completed {
		c := exec.Command(zsh, "-f", around, inside)
		c.Env = append(os.Environ(), "LINE_TYPED="+line, "HOME="+dir, "TERM=dumb")
		out, err := c.CombinedOutput()
		var got []string
		for _, part := range strings.Split(string(out), "<<")[1:] {
			if word, _, ok := strings.Cut(part, ">>"); ok && word != "END" && !slices.Contains(got, word) {
				got = append(got, word)
			}
		}
		slices.Sort(got)
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%q completes to %q, want %q; %v: %q", line, got, want, err, out)
		}
	}
}
