# Completion of sweeper for bash. In ~/.bashrc:
#
#   eval "$(sweeper completion bash)"
#
# or, where the package bash-completion is installed, once:
#
#   mkdir -p ~/.local/share/bash-completion/completions
#   sweeper completion bash > ~/.local/share/bash-completion/completions/sweeper

_sweeper() {
    local IFS=$'\n' word line at current head='' last
    local -a typed=()
    COMPREPLY=()
    for ((at = 1; at <= COMP_CWORD; at++)); do
        word=${COMP_WORDS[at]//[\"\'\\]/}
        last=${#typed[@]}
        # Where "=" parts words, bash gives --name=value as three: put them together again.
        if ((last > 0)) && [[ ${typed[last - 1]} == --* && ($word == "=" || ${typed[last - 1]} == --*=) ]]; then
            typed[last - 1]+=$word
        else
            typed+=("$word")
        fi
    done
    current=${typed[${#typed[@]} - 1]}
    [[ $current == --*=* ]] && head=${current%%=*}=
    while IFS= read -r line; do
        case $line in
            :*)
                compopt -o filenames 2> /dev/null
                while IFS= read -r word; do
                    if [[ -d ${word/#\~/$HOME} || $line == :file || ($line == :config && $word == *.y?(a)ml) ]]; then
                        COMPREPLY+=("$word")
                    fi
                done < <(compgen -f -- "${current#"$head"}")
                ;;
            *)
                line=${line%%$'\t'*}
                if [[ -n $head && $COMP_WORDBREAKS == *=* ]]; then
                    line=${line#"$head"}
                fi
                COMPREPLY+=("$line")
                ;;
        esac
    done < <("${1/#\~/$HOME}" completion --words "${typed[@]}" 2> /dev/null)
    compopt -o nosort 2> /dev/null
    if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == --*= ]]; then
        compopt -o nospace 2> /dev/null
    fi
}

complete -F _sweeper sweeper
