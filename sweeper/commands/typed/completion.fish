# Completion of sweeper for fish. Once:
#
#   sweeper completion fish > ~/.config/fish/completions/sweeper.fish

function __sweeper_words
    set -l typed (commandline -opc)
    set -l current (commandline -ct)
    set -l program (string replace -r '^~' $HOME -- $typed[1])
    set -e typed[1]
    set -l head (string match -r -- '^--[^=]*=' $current)
    set -l rest (string replace -r -- '^--[^=]*=' '' $current)
    for line in ($program completion --words $typed "$current" 2>/dev/null)
        switch $line
            case ':*'
                for path in (__fish_complete_path $rest)
                    if string match -q -r -- '/(\t|$)' $path; or test $line = :file
                        echo -- "$head$path"
                    else if test $line = :config; and string match -q -r -- '\.ya?ml(\t|$)' $path
                        echo -- "$head$path"
                    end
                end
            case '*'
                echo -- $line
        end
    end
end

complete -c sweeper -f -a '(__sweeper_words)'
