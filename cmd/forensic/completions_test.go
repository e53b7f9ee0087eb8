package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"forensic/fixtures"
)

// What shells complete and what the manual says is made from the table of
// commands, kept in the folder completions, and compared here. UPDATE=1 writes
// it anew.
func TestCompletions(t *testing.T) {
	p := &program{stdout: newOutput(io.Discard), stderr: io.Discard}
	vs := verbsOf(p.app().Commands, "")
	for name, text := range map[string]string{
		"forensic.bash": bashCompletion(vs), "_forensic": zshCompletion(vs), "forensic.fish": fishCompletion(vs), "forensic.1": manPage(vs),
	} {
		file := filepath.Join("completions", name)
		if fixtures.Updating() {
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		have, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if string(have) != text {
			t.Errorf("%s is not what the commands say; UPDATE=1 writes it:\n%s", file, strings.Join(difference(string(have), text), "\n"))
		}
	}
}

// Every shell reads its file, where it is installed.
func TestCompletionsAreUnderstood(t *testing.T) {
	for shell, args := range map[string][]string{
		"bash": {"-n", "completions/forensic.bash"}, "zsh": {"-n", "completions/_forensic"}, "fish": {"-n", "completions/forensic.fish"},
		"mandoc": {"-T", "lint", "-W", "error", "completions/forensic.1"}, "groff": {"-man", "-Tutf8", "-ww", "-z", "completions/forensic.1"},
	} {
		t.Run(shell, func(t *testing.T) {
			if _, err := exec.LookPath(shell); err != nil {
				if os.Getenv("CI") == "true" && shell != "mandoc" && shell != "groff" {
					t.Fatalf("%s is not installed", shell)
				}
				t.Skipf("%s is not installed", shell)
			}
			if out, err := exec.Command(shell, args...).CombinedOutput(); err != nil || len(out) > 0 {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}

func TestBashCompletes(t *testing.T) {
	bash := shell(t, "bash")
	lines := maps.Clone(completed)
	lines["forensic formats detect -"] = "--help --verbose -v"
	for line, want := range lines {
		words := strings.Split(line, " ")
		script := fmt.Sprintf("source completions/forensic.bash; COMP_WORDS=(%s); COMP_CWORD=%d; _forensic; printf '%%s\\n' \"${COMPREPLY[@]}\"", line, len(words)-1)
		out, err := exec.Command(bash, "-c", script).CombinedOutput()
		got := strings.Fields(string(out))
		slices.Sort(got)
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%q completes to %q, want %q; %v", line, got, want, err)
		}
	}
}

// A verb is a command that does something, with the words that call it.
type verb struct {
	name, usage, args, doc string
	flags                  []flagDoc
	words                  []string // that may stand as its argument
}

type flagDoc struct {
	names  []string // the long one first, without dashes
	value  string   // "" for a switch
	usage  string
	words  []string // that it takes
	files  bool
	repeat bool
}

func verbsOf(cs []*cli.Command, before string) []verb {
	var all []verb
	for _, c := range cs {
		name := strings.TrimSpace(before + " " + c.Name)
		if len(c.Subcommands) > 0 {
			all = append(all, verbsOf(c.Subcommands, name)...)
			continue
		}
		v := verb{name: name, usage: c.Usage, args: c.ArgsUsage, doc: c.Description}
		if strings.Contains(c.ArgsUsage, "|") {
			v.words = strings.Split(c.ArgsUsage, "|")
		}
		for _, f := range c.Flags {
			v.flags = append(v.flags, docOf(f))
		}
		for i := range v.flags { // a flag that takes levels as --severity does
			if f := &v.flags[i]; f.value == "LEVEL" && f.words == nil {
				for _, g := range v.flags {
					if g.names[0] == "severity" {
						f.words = g.words
					}
				}
			}
		}
		v.flags = append(v.flags, flagDoc{names: []string{"help", "h"}, usage: "say what it does"})
		all = append(all, v)
	}
	return all
}

func docOf(f cli.Flag) flagDoc {
	d := flagDoc{names: slices.Clone(f.Names())}
	d.usage = f.(cli.DocGenerationFlag).GetUsage()
	if _, isSwitch := f.(*cli.BoolFlag); !isSwitch {
		d.value = valueName(f)
		_, d.usage, _ = strings.Cut(d.usage, "` ")
		if !strings.HasPrefix(f.(cli.DocGenerationFlag).GetUsage(), "`") {
			d.usage = f.(cli.DocGenerationFlag).GetUsage()
		}
	}
	_, d.repeat = f.(*cli.StringSliceFlag)
	d.files = strings.Contains(d.value, "FILE") || d.value == "DIR" || d.names[0] == "template"
	if _, list, ok := strings.Cut(d.usage, ": "); ok && d.value != "" {
		list, _, _ = strings.Cut(list, " (")
		for _, w := range strings.Split(list, ", ") {
			if w == "or a file" {
				continue
			}
			if w == "" || strings.Trim(w, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
				d.words = nil
				break
			}
			d.words = append(d.words, w)
		}
	}
	return d
}

// first words of verbs, with what comes second.
func groups(vs []verb) (names []string, second map[string][]string) {
	second = map[string][]string{}
	for _, v := range vs {
		a, b, two := strings.Cut(v.name, " ")
		if !slices.Contains(names, a) {
			names = append(names, a)
		}
		if two {
			second[a] = append(second[a], b)
		}
	}
	return names, second
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

const madeFrom = "made from the table of commands; do not edit"

func bashCompletion(vs []verb) string {
	var b bytes.Buffer
	names, second := groups(vs)
	fmt.Fprintf(&b, "# bash completion for forensic, %s\n", madeFrom)
	b.WriteString(`_forensic() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} verb= words= i
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        -*) ;;
        *)
            verb="${verb:+$verb }${COMP_WORDS[i]}"
            case $verb in
`)
	fmt.Fprintf(&b, "            %s) ;;\n            *) break ;;\n            esac\n            ;;\n        esac\n    done\n", strings.Join(slices.Sorted(mapKeys(second)), "|"))
	fmt.Fprintf(&b, "    case $verb in\n    '') words='%s --help --version' ;;\n", strings.Join(names, " "))
	for _, name := range names {
		if second[name] != nil {
			fmt.Fprintf(&b, "    %s) words='%s --help' ;;\n", name, strings.Join(second[name], " "))
		}
	}
	for _, v := range vs {
		fmt.Fprintf(&b, "    '%s')\n        case $prev in\n", v.name)
		var all []string
		for _, f := range v.flags {
			var forms []string
			for _, n := range f.names {
				if n != "h" {
					forms = append(forms, dashed(n))
				}
			}
			all = append(all, forms...)
			switch {
			case f.value == "":
			case f.words != nil:
				fmt.Fprintf(&b, "        %s) COMPREPLY=($(compgen -W '%s' -- \"$cur\")); return ;;\n", strings.Join(forms, "|"), strings.Join(f.words, " "))
			case f.files:
				fmt.Fprintf(&b, "        %s) compopt -o default 2>/dev/null; return ;;\n", strings.Join(forms, "|"))
			default:
				fmt.Fprintf(&b, "        %s) return ;;\n", strings.Join(forms, "|"))
			}
		}
		fmt.Fprintf(&b, "        esac\n        if [[ $cur == -* ]]; then words='%s'", strings.Join(all, " "))
		if v.words != nil {
			fmt.Fprintf(&b, "; else words='%s'", strings.Join(v.words, " "))
		}
		b.WriteString("; fi\n        ;;\n")
	}
	b.WriteString(`    esac
    if [[ -n $words ]]; then
        COMPREPLY=($(compgen -W "$words" -- "$cur"))
    else
        compopt -o default 2>/dev/null
    fi
}
complete -F _forensic forensic
`)
	return b.String()
}

func mapKeys(m map[string][]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func zshCompletion(vs []verb) string {
	var b bytes.Buffer
	quote := strings.NewReplacer("'", `'\''`, "[", `\[`, "]", `\]`, ":", `\:`).Replace
	names, second := groups(vs)
	fmt.Fprintf(&b, "#compdef forensic\n# %s\n\n_forensic() {\n    local verb=$words[2] at=2\n    case $verb in\n", madeFrom)
	fmt.Fprintf(&b, "    %s) (( CURRENT > 3 )) && verb=\"$words[2] $words[3]\" at=3 ;;\n    esac\n", strings.Join(slices.Sorted(mapKeys(second)), "|"))
	fmt.Fprintf(&b, "    if (( CURRENT == 2 )); then\n        compadd -- %s --help --version\n        return\n    fi\n", strings.Join(names, " "))
	b.WriteString("    case $verb in\n")
	for _, name := range names {
		if second[name] != nil {
			fmt.Fprintf(&b, "    %s) compadd -- %s ;;\n", name, strings.Join(second[name], " "))
		}
	}
	for _, v := range vs {
		fmt.Fprintf(&b, "    '%s')\n        shift $(( at - 1 )) words; (( CURRENT -= at - 1 ))\n        _arguments \\\n", v.name)
		for _, f := range v.flags {
			for _, n := range f.names {
				star := ""
				if f.repeat {
					star = "*"
				}
				fmt.Fprintf(&b, "            '%s%s[%s]", star, dashed(n), quote(f.usage))
				switch {
				case f.value == "":
				case f.words != nil:
					fmt.Fprintf(&b, ":%s:(%s)", quote(f.value), strings.Join(f.words, " "))
				case f.files:
					fmt.Fprintf(&b, ":%s:_files", quote(f.value))
				default:
					fmt.Fprintf(&b, ":%s: ", quote(f.value))
				}
				b.WriteString("' \\\n")
			}
		}
		if v.words != nil {
			fmt.Fprintf(&b, "            '*:name:(%s)'\n        ;;\n", strings.Join(v.words, " "))
		} else {
			b.WriteString("            '*:path:_files'\n        ;;\n")
		}
	}
	b.WriteString("    esac\n}\n\n_forensic \"$@\"\n")
	return b.String()
}

func fishCompletion(vs []verb) string {
	var b bytes.Buffer
	quote := func(s string) string { return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'" }
	names, second := groups(vs)
	fmt.Fprintf(&b, "# fish completion for forensic, %s\n", madeFrom)
	fmt.Fprintf(&b, "complete -c forensic -n __fish_use_subcommand -f -a %s\n", quote(strings.Join(names, " ")))
	for _, name := range names {
		if list := strings.Join(second[name], " "); list != "" {
			fmt.Fprintf(&b, "complete -c forensic -n %s -f -a %s\n", quote("__fish_seen_subcommand_from "+name+"; and not __fish_seen_subcommand_from "+list), quote(list))
		}
	}
	for _, v := range vs {
		when := "__fish_seen_subcommand_from " + strings.Replace(v.name, " ", "; and __fish_seen_subcommand_from ", 1)
		if v.words != nil {
			fmt.Fprintf(&b, "complete -c forensic -n %s -f -a %s\n", quote(when), quote(strings.Join(v.words, " ")))
		}
		for _, f := range v.flags {
			fmt.Fprintf(&b, "complete -c forensic -n %s", quote(when))
			for _, n := range f.names {
				if len(n) == 1 {
					fmt.Fprintf(&b, " -s %s", n)
				} else {
					fmt.Fprintf(&b, " -l %s", n)
				}
			}
			switch {
			case f.value == "":
			case f.words != nil:
				fmt.Fprintf(&b, " -x -a %s", quote(strings.Join(f.words, " ")))
			case f.files:
				b.WriteString(" -r -F")
			default:
				b.WriteString(" -x")
			}
			fmt.Fprintf(&b, " -d %s\n", quote(f.usage))
		}
	}
	return b.String()
}

// roff makes a text stand for itself in a manual page.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "±", `\(+-`).Replace(s)
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, ".") || strings.HasPrefix(l, "'") {
			lines[i] = `\&` + l
		}
	}
	return strings.Join(lines, "\n")
}

func manPage(vs []verb) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, ".\\\" %s\n.TH FORENSIC 1 \"\" forensic\n.SH NAME\nforensic \\- say what happened, from the logs, listings and captures somebody sent\n.SH SYNOPSIS\n", madeFrom)
	for i, v := range vs {
		if i > 0 {
			b.WriteString(".br\n")
		}
		fmt.Fprintf(&b, ".B forensic %s\n%s\n", roff(v.name), roff(strings.TrimSpace("[flags] "+v.args)))
	}
	b.WriteString(".SH COMMANDS\n")
	for _, v := range vs {
		fmt.Fprintf(&b, ".SS forensic %s\n%s.\n", roff(v.name), roff(strings.ToUpper(v.usage[:1])+v.usage[1:]))
		if v.doc != "" {
			fmt.Fprintf(&b, ".PP\n%s\n", roff(v.doc))
		}
		for _, f := range v.flags {
			var forms []string
			for _, n := range f.names {
				form := `\fB` + roff(dashed(n)) + `\fR`
				if f.value != "" {
					form += ` \fI` + roff(f.value) + `\fR`
				}
				forms = append(forms, form)
			}
			fmt.Fprintf(&b, ".TP\n%s\n%s\n", strings.Join(forms, ", "), roff(f.usage))
		}
	}
	b.WriteString(".SH EXIT STATUS\n")
	for _, line := range [][2]string{
		{"0", "Done."}, {"1", "It could not do the job."}, {"2", "Wrong usage, or rules that cannot be read."}, {"3", "A finding of the level of --fail-on or above stands."},
		{"4", "With --strict: part of the input could not be read."}, {"130", "Interrupted."},
	} {
		fmt.Fprintf(&b, ".TP\n%s\n%s\n", line[0], roff(line[1]))
	}
	return b.String()
}
