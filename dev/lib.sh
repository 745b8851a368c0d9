# shellcheck shell=bash
# Common ground of the scripts in dev/: where things lie, how a step is announced, how a refusal reads.

# shellcheck disable=SC2034 # used by the scripts that source this

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
dev=$root/.dev       # everything that belongs to this checkout and may be thrown away: cluster, logs, node
venv=$root/.venv     # Python packages, the `odoo` command and pytest
python=$venv/bin/python
home=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}
# Downloads and database dumps, shared by all checkouts of this user.
cache=${AFTERSALES_CACHE:-${XDG_CACHE_HOME:-$home/.cache}/aftersales-dev}
who=$(basename "$0")

say() { printf '[%s] %s\n' "$who" "$*" >&2; }

die() {
  printf '[%s] STOPPED: %s\n' "$who" "$*" >&2
  exit 1
}

# since START: the seconds gone by since START, itself a value of EPOCHREALTIME.
since() {
  local us=$((${EPOCHREALTIME/[.,]/} - ${1/[.,]/}))
  printf '%d.%d s' $((us / 1000000)) $((us / 100000 % 10))
}

# step TEXT ADVICE COMMAND...: one line with the seconds it took; a dot every 5 s while it lasts. The
# command's own output goes to .dev/log/setup.log. If it fails, the end of that and ADVICE are shown.
step() {
  local text=$1 advice=$2 start=$EPOCHREALTIME log=$dev/log/setup.log status ticker
  shift 2
  mkdir -p "$dev/log"
  printf '=== %s\n' "$text" >>"$log"
  printf '[%s] %s ... ' "$who" "$text" >&2
  # waits on a pipe nobody writes to: a sleep would outlive the step and keep its caller's pipes open
  (
    exec 8>&- 9>&- {never}<> <(:)
    until read -rt 5 -u "$never"; do printf '. ' >&2; done
  ) &
  ticker=$!
  set +e # a subshell in a condition would not stop at its first error, so the status is taken apart
  (
    set -e
    "$@"
  ) >>"$log" 2>&1 </dev/null
  status=$?
  set -e
  kill "$ticker" 2>/dev/null || true
  wait "$ticker" 2>/dev/null || true
  if [ "$status" != 0 ]; then
    printf 'failed after %s\n' "$(since "$start")" >&2
    sed -n '/^=== /h; //!H; ${x;p}' "$log" | tail -n 15 >&2
    die "$advice (all of it: $log)"
  fi
  printf '%s\n' "$(since "$start")" >&2
}

# installed_packages PACKAGE...: those of them that dpkg holds as installed, one a line.
installed_packages() {
  dpkg-query -W -f '${binary:Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
    sed -n 's/\(:[a-z0-9]*\)\{0,1\} installed$//p'
}

# need_space FOLDER MEGABYTES WHAT: refuse now instead of failing half-way.
need_space() {
  local folder=$1 free
  while [ ! -d "$folder" ]; do folder=$(dirname "$folder"); done
  free=$(($(df -Pk "$folder" | awk 'NR==2 {print $4}') / 1024))
  [ "$free" -ge "$2" ] ||
    die "$3 needs about $2 MB in $folder, and only $free MB are free there." \
      "Free some space, or name a folder on a larger disk in AFTERSALES_CACHE."
}

# ready: everything the other scripts stand on. Seconds when there is nothing to do.
ready() {
  "$root/dev/setup"
  local exports
  exports=$("$root/dev/pg" start)
  eval "$exports"
  export ODOO_RC=$dev/odoo.conf
}
