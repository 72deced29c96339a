#!/usr/bin/env bash
# The two steps of action.yml. Inputs come through the environment and are never part of the script.
set -euo pipefail

fail() { echo "::error title=ddlguard::$1"; exit 2; }

# The first Python that is new enough; runners have several.
python() {
  local name
  for name in python3.14 python3.13 python3.12 python3.11 python3 python; do
    if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
      echo "$name"; return
    fi
  done
  return 1
}

install() {
  local found venv="$RUNNER_TEMP/ddlguard" what="$GITHUB_ACTION_PATH"
  found=$(python) || fail "no Python 3.11 or later here; put actions/setup-python before this action"
  if [ -n "$INPUT_VERSION" ]; then
    [[ $INPUT_VERSION =~ ^[0-9A-Za-z.]+$ ]] || fail "version is a version number, such as 0.1.0"
    what="ddlguard==$INPUT_VERSION"
  fi
  "$found" -m venv "$venv"
  local bin="$venv/bin"
  [ -d "$bin" ] || bin="$venv/Scripts"
  "$bin/python" -m pip install --quiet --disable-pip-version-check "$what"
  echo "$bin" >>"$GITHUB_PATH"
}

# The arguments of ddlguard, in `arguments`.
arguments=()
gather() {
  local report=$1 target
  arguments+=(--format text --format github --format "json:$report")
  [ -z "$INPUT_CONFIG" ] || arguments+=(--config "$INPUT_CONFIG")
  [ -z "$INPUT_FAIL_ON" ] || arguments+=(--fail-on "$INPUT_FAIL_ON")
  [ "$INPUT_ALLOW_INCOMPLETE" != true ] || arguments+=(--allow-incomplete)
  if [ -n "$INPUT_DATABASE_URL" ]; then
    arguments+=(--db-env INPUT_DATABASE_URL)
  else
    [ -z "$INPUT_FROM" ] || arguments+=(--from "$INPUT_FROM")
    [ -z "$INPUT_DIALECT" ] || arguments+=(--dialect "$INPUT_DIALECT")
  fi
  arguments+=(--)
  while IFS= read -r target; do
    [ -z "$target" ] || arguments+=("$target")
  done <<<"${INPUT_TARGETS//$'\r'/}"
}

check() {
  local report="$RUNNER_TEMP/ddlguard-report.json" code=0
  rm -f "$report"
  gather "$report"
  ddlguard check "${arguments[@]}" || code=$?
  outputs "$report" "$code" >>"$GITHUB_OUTPUT"
  exit "$code"
}

outputs() {
  echo "exit-code=$2"
  if [ ! -s "$1" ]; then
    echo "verdict=error"
    return
  fi
  echo "report=$1"
  "$(python)" - "$1" <<'EOF'
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    report = json.load(file)
print(f"verdict={report['verdict']}")
print(f"errors={report['summary']['errors']}")
print(f"warnings={report['summary']['warnings']}")
EOF
}

case "${1-}" in
  install | check) "$1" ;;
  *) fail "action.sh install|check" ;;
esac
