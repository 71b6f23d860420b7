"""Completion scripts of the shells: each asks `nerdpy internal complete` at every press of Tab."""

BASH = r"""# bash completion for nerdpy: every press of Tab asks `nerdpy internal complete`

_nerdpy() {
    local word line current before="" glue="" files=""
    local words=()
    # bash makes words of their own of `=` and `:`; put them together again, as they were typed
    for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
        if [[ $word == [=:]* && ${#words[@]} -gt 0 ]]; then
            words[-1]+="$word"
            glue=1
        elif [[ -n $glue ]]; then
            words[-1]+="$word"
            glue=""
        else
            words+=("$word")
        fi
    done
    current="${words[-1]}"
    # what stands before the last `=` or `:` is on the line already
    [[ $current == *[=:]* ]] && before="${current%"${current##*[=:]}"}"
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ $line == ":files" ]]; then
            files=1
        else
            line="${line%%$'\t'*}"
            COMPREPLY+=("${line#"$before"}")
        fi
    done < <("${COMP_WORDS[0]}" internal complete -- "${words[@]}" 2>/dev/null)
    if [[ -n $files ]]; then
        compopt -o filenames 2>/dev/null
        mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "${current#"$before"}")
    fi
}

complete -F _nerdpy nerdpy
"""

ZSH = r"""#compdef nerdpy
# zsh completion for nerdpy: every press of Tab asks `nerdpy internal complete`

_nerdpy() {
    local line files="" words_only="@WORDS_ONLY@"
    local -a found
    for line in "${(@f)$("${words[1]}" internal complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
        if [[ $line == ":files" ]]; then
            files=1
        elif [[ -n $line ]]; then
            local word="${line%%$'\t'*}" about=""
            [[ $line == *$'\t'* ]] && about="${line#*$'\t'}"
            word="${word//:/\\:}"
            if [[ -n $about && -z $words_only ]]; then
                found+=("$word:$about")
            else
                found+=("$word")
            fi
        fi
    done
    if (( ${#found} )); then
        _describe 'nerdpy' found
    fi
    if [[ -n $files ]]; then
        [[ $PREFIX == --*=* ]] && compset -P '*='
        _files
    fi
}

if [[ $funcstack[1] == _nerdpy ]]; then
    _nerdpy "$@"
else
    compdef _nerdpy nerdpy
fi
"""

FISH = r"""# fish completion for nerdpy: every press of Tab asks `nerdpy internal complete`

function __nerdpy_complete
    set -l typed (commandline -opc) (commandline -ct)
    set -l files
    for line in ($typed[1] internal complete -- $typed[2..-1] 2>/dev/null)
        if test "$line" = ":files"
            set files 1
        else if test -n "@WORDS_ONLY@"
            string split -m 1 -f 1 \t -- $line
        else
            printf '%s\n' $line
        end
    end
    if test -n "$files"
        __fish_complete_path (string replace -r '^--[^=]*=' '' -- (commandline -ct))
    end
end

complete -c nerdpy -f -a '(__nerdpy_complete)'
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}
