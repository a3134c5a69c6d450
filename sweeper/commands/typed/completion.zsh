#compdef sweeper
# Completion of sweeper for zsh. Into a folder of $fpath, once:
#
#   mkdir -p ~/.zfunc && sweeper completion zsh > ~/.zfunc/_sweeper
#
# and in ~/.zshrc, before compinit is called:
#
#   fpath=(~/.zfunc $fpath)
#
# or, after compinit: eval "$(sweeper completion zsh)"

_sweeper() {
    local line word kind=
    local -a plain open
    local -a typed=("${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}")
    for line in "${(@f)$("${(Q)words[1]/#\~/$HOME}" completion --words "${(@)typed}" 2> /dev/null)}"; do
        case $line in
            :*) kind=$line ;;
            ?*)
                word=${${line%%$'\t'*}//:/\\:}
                [[ $line == *$'\t'* ]] && word+=":${line#*$'\t'}"
                if [[ ${line%%$'\t'*} == --*= ]]; then open+=("$word"); else plain+=("$word"); fi
                ;;
        esac
    done
    local found=1
    if (( ${#plain} )); then _describe -V 'sweeper' plain && found=0; fi
    if (( ${#open} )); then _describe -V 'option' open -S '' && found=0; fi
    if [[ -n $kind ]]; then
        [[ $PREFIX == --*=* ]] && compset -P '*='
        case $kind in
            :config) _files -g '*.(yaml|yml)(-.)' && found=0 ;;
            :folder) _files -/ && found=0 ;;
            *) _files && found=0 ;;
        esac
    fi
    return found
}

if [[ ${funcstack[1]} == _sweeper ]]; then
    _sweeper "$@"
else
    compdef _sweeper sweeper
fi
