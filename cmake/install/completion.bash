# Completion in bash: of targets, variables and their values for `rank-collapse` and, in a checkout that says
#   source cmake/install/completion.bash
# for its `make`; and of the options of its programs.

# _rank_collapse_values HOME BUILD VARIABLE: what can stand behind VARIABLE=.
_rank_collapse_values() {
  local files
  case $3 in
    PROFILE) files=("$1"/profiles/*.conf) ;;
    ARMS) files=("$1"/profiles/arms/*.conf) ;;
    SET)
      grep -oh '"name":"[a-z_]*\.[a-z_0-9.]*"' "$2"/descriptions/*.json 2>/dev/null | cut -d'"' -f4 | sort -u | sed 's/$/=/'
      return ;;
    DEVICE) echo auto cpu cuda; return ;;
    FROM) echo collect train; return ;;
    HOST) echo offline; return ;;
    GOAL) echo report audit; return ;;
    *) return ;;
  esac
  files=("${files[@]##*/}")
  echo "${files[@]%.conf}"
}

# _rank_collapse_targets HOME: of the Makefile, with its stages.
_rank_collapse_targets() {
  sed -nE 's/^([a-z-]+):.*## .*/\1/p; s/^(RUN|ONE)_STAGES := //p' "$1/Makefile"
  echo figures
}

_rank_collapse_complete() {
  local home=$1 build=$2 cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} variable=
  # Readline parts words at "=".
  if [ "$cur" = = ]; then
    variable=$before cur=
  elif [ "$before" = = ]; then
    variable=${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $variable in
    '')
      COMPREPLY=($(compgen -W "$(_rank_collapse_targets "$home")
        PROFILE= SET= SEEDS= ARMS= CORPUS= DEVICE= RUNS= LAUNCH= FROM= GOAL= MODEL= TEXT= IDS= BUDGET= RUN= OUT= HOST= RESULTS= BASE=" -- "$cur"))
      [[ ${COMPREPLY[*]} != *= ]] || compopt -o nospace ;;
    CORPUS | TEXT | IDS | RESULTS) COMPREPLY=($(compgen -f -- "$cur")) ;;
    RUNS | MODEL | RUN | OUT) COMPREPLY=($(compgen -d -- "$cur")) ;;
    *)
      COMPREPLY=($(compgen -W "$(_rank_collapse_values "$home" "$build" "$variable")" -- "$cur"))
      [ "$variable" != SET ] || compopt -o nospace ;;
  esac
}

_rank_collapse() {
  local home
  home=$(dirname "$(dirname "$(realpath "$(command -v "$1")")")")/lib/rank-collapse
  _rank_collapse_complete "$home" "$home"
}

_rank_collapse_make() {
  if [ -d profiles/arms ] && [ -f figures/loss.cpp ]; then
    _rank_collapse_complete . build
  elif declare -F _make >/dev/null; then
    _make "$@"  # bash-completion's own
  fi
}

_rank_collapse_program() {
  COMPREPLY=($(compgen -W "$("$1" --help 2>/dev/null | grep -oE '^ +--[a-z-]+' | tr -d ' ')" -- "${COMP_WORDS[COMP_CWORD]}"))
}

complete -F _rank_collapse rank-collapse
if [ -d profiles/arms ]; then
  complete -F _rank_collapse_make -o bashdefault -o default make
  complete -F _rank_collapse_program -o bashdefault -o default $(ls build/descriptions 2>/dev/null | sed 's/\.json$//') plan verify \
    prepare environment check verdicts check-model export-model encode-text
fi
