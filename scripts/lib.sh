# shellcheck shell=bash disable=SC2034
# What the scripts beside it share: Debian's packages, the virtual environment, background processes by pid file.
# Sourced with the checkout as working directory, under set -euo pipefail.

PACKAGES_RUN="python3-venv python3-rados python3-rbd gettext qemu-utils"
PACKAGES_CEPH="ceph-mon ceph-osd ceph-mgr ceph-common"
PACKAGES_TEST="$PACKAGES_CEPH postgresql chromium nginx-core fonts-noto-cjk e2fsprogs grub-rescue-pc curl"

# Python keeps what it compiled, whatever the environment says: without that Django takes three times as long to start.
unset PYTHONDONTWRITEBYTECODE

die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

# ensure_packages NAME...: installs what is missing, and starts no service while at it.
ensure_packages() {
  local name missing=()
  for name in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || missing+=("$name")
  done
  ((${#missing[@]})) || return 0
  [[ $(id -u) == 0 ]] || die "as root, please: apt-get install ${missing[*]}"
  printf 'installing %s\n' "${missing[*]}" >&2
  local policy=/usr/sbin/policy-rc.d ours=
  if [[ ! -e $policy ]]; then # Debian starts each server it installs; these belong to us, not to the machine
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" && ours=1
  fi
  local log status=0
  log=$(mktemp)
  { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "${missing[@]}"; } \
    >"$log" 2>&1 </dev/null || status=$?
  [[ -z $ours ]] || rm -f "$policy"
  ((status == 0)) || { tail -20 "$log" >&2; die "apt-get could not install ${missing[*]}"; }
  rm -f "$log"
}

# ensure_installer: the environment itself and uv in it.
ensure_installer() {
  [[ -x .venv/bin/python ]] || /usr/bin/python3 -m venv .venv
  [[ -x .venv/bin/uv ]] || .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
}

# ensure_venv run|keystone|test|check: the locked set, or the larger one that is there; nothing happens while its lock stays as it was.
ensure_venv() {
  (flock 9 && install_set "$1") 9<requirements/uv.txt # two scripts may start at once
}
install_set() {
  local set=$1 stamp=.venv/installed present='' lock compile=()
  [[ ! -s $stamp ]] || read -r present _ <"$stamp"
  case $present:$set in check:* | test:run | test:keystone | keystone:run) set=$present ;; esac
  lock="$set $(sha256sum <"requirements/$set.txt")"
  [[ ! -s $stamp || $(<"$stamp") != "$lock" ]] || return 0
  ensure_installer
  rm -f "$stamp"
  case $set in run | keystone) compile=(--compile-bytecode) ;; esac # the units in deploy/ may not write it
  .venv/bin/uv pip sync --quiet "${compile[@]}" --require-hashes --python .venv/bin/python "requirements/$set.txt" ||
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "requirements/$set.txt"
  link_ceph
  printf '%s\n' "$lock" >"$stamp"
}

# link_ceph: Debian's Ceph bindings, and nothing else of Debian's Python, into the environment (the package index has none).
link_ceph() {
  local site file
  site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("platlib"))')
  for file in /usr/lib/python3/dist-packages/{rados,rbd}.*.so; do
    [[ ! -e $file ]] || ln -sfn "$file" "$site/"
  done
}

# A pid file holds the process's number and its hour of birth, because numbers come again after a reboot.
# The dead whom nobody has buried yet (state Z) have none, once the last of their threads has let go of what they held.
birth() {
  local stat threads=("/proc/$1/task/"*)
  stat=$(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) || true
  if [[ $stat != Z* ]] || ((${#threads[@]} > 1)); then cut -d' ' -f20 <<<"$stat"; fi
}
running() {
  local pid born
  [[ -s $1 ]] && read -r pid born <"$1" && [[ $born && $(birth "$pid") == "$born" ]]
}

# start_process PIDFILE LOG COMMAND...: in a session of its own, so that a Ctrl-C at the terminal does not reach it.
start_process() {
  local pidfile=$1 log=$2
  shift 2
  ! running "$pidfile" || return 0
  setsid "$@" >>"$log" 2>&1 </dev/null 8>&- 9>&- & # nor may it hold a lock of ours
  printf '%s %s\n' $! "$(birth $!)" >"$pidfile"
}

# stop_process PIDFILE [SIGNAL]: waits until it is gone, and ends it hard after ten seconds.
stop_process() {
  local pidfile=$1 pid
  if running "$pidfile"; then
    read -r pid _ <"$pidfile"
    kill -"${2:-TERM}" "$pid" || true
    await 10 stopped "$pidfile" || kill -KILL "$pid" || true
  fi
  rm -f "$pidfile"
}
stopped() { ! running "$1"; }

# await SECONDS COMMAND...: until it succeeds.
await() {
  local until=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < until)) || return 1
    sleep 0.1
  done
}

# compile_messages: the catalogues that are newer than what was made of them.
compile_messages() {
  local source made
  for source in portal/locale/*/LC_MESSAGES/*.po; do
    made=${source%.po}.mo
    [[ ! -e $source || $made -nt $source ]] || msgfmt --check-format --check-domain --output-file "$made" "$source"
  done
}
