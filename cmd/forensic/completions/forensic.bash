# bash completion for forensic, made from the table of commands; do not edit
_forensic() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} verb= words= i
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        -*) ;;
        *)
            verb="${verb:+$verb }${COMP_WORDS[i]}"
            case $verb in
            formats|rules) ;;
            *) break ;;
            esac
            ;;
        esac
    done
    case $verb in
    '') words='analyze timeline follow redact rules formats explain schema --help --version' ;;
    rules) words='list show test lint new --help' ;;
    formats) words='list detect --help' ;;
    'analyze')
        case $prev in
        --format|-f) COMPREPLY=($(compgen -W 'text json markdown html' -- "$cur")); return ;;
        --output|-o) compopt -o default 2>/dev/null; return ;;
        --template) COMPREPLY=($(compgen -W 'sre brief fupan notice' -- "$cur")); return ;;
        --severity) COMPREPLY=($(compgen -W 'info warning error critical' -- "$cur")); return ;;
        --export-packets) compopt -o default 2>/dev/null; return ;;
        --fail-on) COMPREPLY=($(compgen -W 'info warning error critical' -- "$cur")); return ;;
        --since) return ;;
        --until) return ;;
        --timezone) return ;;
        --year) return ;;
        --clock) return ;;
        --rules) compopt -o default 2>/dev/null; return ;;
        --disable) return ;;
        --format-of) return ;;
        --memory) return ;;
        --jobs) return ;;
        --temp) compopt -o default 2>/dev/null; return ;;
        --progress) COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
        --lang) COMPREPLY=($(compgen -W 'en zh' -- "$cur")); return ;;
        --color) COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
        esac
        if [[ $cur == -* ]]; then words='--format -f --output -o --template --severity --export-packets --fail-on --since --until --timezone --year --clock --rules --disable --format-of --no-hash --memory --jobs --temp --progress --strict --quiet -q --verbose -v --lang --color --help'; fi
        ;;
    'timeline')
        case $prev in
        --format|-f) COMPREPLY=($(compgen -W 'text csv jsonl timesketch l2tcsv ecs otlp perfetto mermaid' -- "$cur")); return ;;
        --output|-o) compopt -o default 2>/dev/null; return ;;
        --host) return ;;
        --source) return ;;
        --level) COMPREPLY=($(compgen -W 'trace debug info notice warning error critical' -- "$cur")); return ;;
        --kind) return ;;
        --grep) return ;;
        --around) return ;;
        --finding) return ;;
        --since) return ;;
        --until) return ;;
        --timezone) return ;;
        --year) return ;;
        --clock) return ;;
        --rules) compopt -o default 2>/dev/null; return ;;
        --disable) return ;;
        --format-of) return ;;
        --memory) return ;;
        --jobs) return ;;
        --temp) compopt -o default 2>/dev/null; return ;;
        --progress) COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
        --lang) COMPREPLY=($(compgen -W 'en zh' -- "$cur")); return ;;
        --color) COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
        esac
        if [[ $cur == -* ]]; then words='--format -f --output -o --host --source --level --kind --grep --around --finding --csv-bom --since --until --timezone --year --clock --rules --disable --format-of --no-hash --memory --jobs --temp --progress --strict --quiet -q --verbose -v --lang --color --help'; fi
        ;;
    'follow')
        case $prev in
        --format|-f) return ;;
        --since) COMPREPLY=($(compgen -W '10m 2h' -- "$cur")); return ;;
        --output|-o) compopt -o default 2>/dev/null; return ;;
        --notify) return ;;
        --checkpoint) compopt -o default 2>/dev/null; return ;;
        --template) COMPREPLY=($(compgen -W 'sre brief fupan notice' -- "$cur")); return ;;
        --severity) COMPREPLY=($(compgen -W 'info warning error critical' -- "$cur")); return ;;
        --fail-on) COMPREPLY=($(compgen -W 'info warning error critical' -- "$cur")); return ;;
        --timezone) return ;;
        --year) return ;;
        --clock) return ;;
        --rules) compopt -o default 2>/dev/null; return ;;
        --disable) return ;;
        --format-of) return ;;
        --memory) return ;;
        --temp) compopt -o default 2>/dev/null; return ;;
        --lang) COMPREPLY=($(compgen -W 'en zh' -- "$cur")); return ;;
        --color) COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
        esac
        if [[ $cur == -* ]]; then words='--format -f --since --output -o --notify --checkpoint --template --severity --fail-on --timezone --year --clock --rules --disable --format-of --no-hash --memory --temp --strict --quiet -q --verbose -v --lang --color --help'; fi
        ;;
    'redact')
        case $prev in
        --output|-o) compopt -o default 2>/dev/null; return ;;
        --seed) return ;;
        --temp) compopt -o default 2>/dev/null; return ;;
        --progress) COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
        --lang) COMPREPLY=($(compgen -W 'en zh' -- "$cur")); return ;;
        esac
        if [[ $cur == -* ]]; then words='--output -o --hosts --addresses --seed --temp --progress --strict --quiet -q --lang --help'; fi
        ;;
    'rules list')
        case $prev in
        --rules) compopt -o default 2>/dev/null; return ;;
        --lang) COMPREPLY=($(compgen -W 'en zh' -- "$cur")); return ;;
        --color) COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
        esac
        if [[ $cur == -* ]]; then words='--rules --lang --color --help'; fi
        ;;
    'rules show')
        case $prev in
        --rules) compopt -o default 2>/dev/null; return ;;
        --lang) COMPREPLY=($(compgen -W 'en zh' -- "$cur")); return ;;
        --color) COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
        esac
        if [[ $cur == -* ]]; then words='--rules --lang --color --help'; fi
        ;;
    'rules test')
        case $prev in
        --rules) compopt -o default 2>/dev/null; return ;;
        esac
        if [[ $cur == -* ]]; then words='--rules --help'; fi
        ;;
    'rules lint')
        case $prev in
        esac
        if [[ $cur == -* ]]; then words='--help'; fi
        ;;
    'rules new')
        case $prev in
        --dir) compopt -o default 2>/dev/null; return ;;
        esac
        if [[ $cur == -* ]]; then words='--dir --help'; fi
        ;;
    'formats list')
        case $prev in
        esac
        if [[ $cur == -* ]]; then words='--verbose -v --help'; fi
        ;;
    'formats detect')
        case $prev in
        esac
        if [[ $cur == -* ]]; then words='--verbose -v --help'; fi
        ;;
    'explain')
        case $prev in
        --since) return ;;
        --until) return ;;
        --timezone) return ;;
        --year) return ;;
        --clock) return ;;
        --rules) compopt -o default 2>/dev/null; return ;;
        --disable) return ;;
        --format-of) return ;;
        --memory) return ;;
        --jobs) return ;;
        --temp) compopt -o default 2>/dev/null; return ;;
        --progress) COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
        --lang) COMPREPLY=($(compgen -W 'en zh' -- "$cur")); return ;;
        --color) COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
        esac
        if [[ $cur == -* ]]; then words='--since --until --timezone --year --clock --rules --disable --format-of --no-hash --memory --jobs --temp --progress --strict --quiet -q --verbose -v --lang --color --help'; fi
        ;;
    'schema')
        case $prev in
        esac
        if [[ $cur == -* ]]; then words='--help'; else words='report rule timeline'; fi
        ;;
    esac
    if [[ -n $words ]]; then
        COMPREPLY=($(compgen -W "$words" -- "$cur"))
    else
        compopt -o default 2>/dev/null
    fi
}
complete -F _forensic forensic
