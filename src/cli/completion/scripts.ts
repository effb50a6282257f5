/** Each shell asks `portolan completion suggest WORDS…` and offers what comes back; errors stay silent. */
export const scripts: Readonly<Record<string, string>> = {
  bash: `# bash completion for portolan:  source <(portolan completion bash)
_portolan() {
  local words=("\${COMP_WORDS[@]:1:COMP_CWORD}") cur=\${COMP_WORDS[COMP_CWORD]}
  # Colons split words here: names with a tag are put together again.
  if declare -F _get_comp_words_by_ref >/dev/null; then
    local joined position
    _get_comp_words_by_ref -n : -w joined -i position -c cur
    words=("\${joined[@]:1:position}")
  fi
  local IFS=$'\\n'
  COMPREPLY=($(portolan completion suggest -- "\${words[@]}" 2>/dev/null))
  declare -F __ltrim_colon_completions >/dev/null && __ltrim_colon_completions "$cur"
}
complete -o default -F _portolan portolan
`,
  zsh: `#compdef portolan
# zsh completion for portolan:  source <(portolan completion zsh)
_portolan() {
  local -a offers
  offers=("\${(@f)$(portolan completion suggest -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  [[ -n $offers ]] && compadd -a offers || _files
}
compdef _portolan portolan
`,
  fish: `# fish completion for portolan:  portolan completion fish | source
function __portolan_offers
  set -l words (commandline -opc) (commandline -ct)
  portolan completion suggest -- $words[2..-1] 2>/dev/null
end
complete -c portolan -f -a '(__portolan_offers)'
`,
};
