#!/usr/bin/env bash
# A private PostgreSQL for tests: its own cluster, on loopback only, on a free port, gone after `stop`.
#   postgres.sh start   starts it if it is not running, and prints its address
#   postgres.sh url     prints the address of the running one (exit 1 if there is none)
#   postgres.sh stop    stops it and deletes its files
# Each clone of the repository has its own, so two test runs cannot stop each other's.
set -euo pipefail
cd "$(dirname "$0")/.."
NAME="$(pwd -P | cksum | cut -d' ' -f1)"
HOME_DIR="${PURSER_CACHE_DIR:-$HOME/.cache/purser}/postgres/$NAME"
mkdir -p "$HOME_DIR"

say() { printf '  postgres: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# The server programs: Debian keeps them apart by version; elsewhere they are on the PATH.
server_programs() {
  local newest
  newest="$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)"
  if [ -n "$newest" ] && [ -x "$newest/initdb" ]; then echo "$newest"
  elif command -v initdb >/dev/null; then dirname "$(command -v initdb)"
  else fail "PostgreSQL's server programs are not installed (Debian: apt-get install postgresql)"; fi
}

# PostgreSQL refuses to run as root: then it runs as `postgres`, in a folder that this user can reach.
cluster_dir() {
  if [ "$(id -u)" = 0 ]; then echo "/var/tmp/purser-postgres-$NAME"; else echo "$HOME_DIR/cluster"; fi
}
as_owner() {
  if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

CLUSTER="$(cluster_dir)"
URL_FILE="$HOME_DIR/url"

running() { [ -s "$URL_FILE" ] && as_owner "$(server_programs)/pg_isready" -q -d "$(cat "$URL_FILE")"; }

free_port() {
  local port
  for port in $(shuf -i 20000-32000 -n 50); do
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then echo "$port"; return; fi
  done
  fail "no free port between 20000 and 32000"
}

remove() {
  [ ! -s "$CLUSTER/postmaster.pid" ] || as_owner "$(server_programs)/pg_ctl" -D "$CLUSTER" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$CLUSTER" "$URL_FILE"
}

# Nothing in here has to survive a crash, so nothing waits for the disk.
configure() {
  as_owner tee -a "$CLUSTER/postgresql.conf" >/dev/null <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 300
shared_buffers = 64MB
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 256MB
timezone = 'UTC'
CONF
}

start() {
  if running; then cat "$URL_FILE"; return; fi
  remove
  local programs port
  programs="$(server_programs)"
  mkdir -p "$CLUSTER"
  chmod 700 "$CLUSTER"
  [ "$(id -u)" != 0 ] || chown postgres "$CLUSTER"
  as_owner "$programs/initdb" -D "$CLUSTER" -U purser -A trust -E UTF8 --locale=C --no-sync >"$HOME_DIR/initdb.log" 2>&1 \
    || { tail -n 20 "$HOME_DIR/initdb.log" >&2; fail "initdb failed"; }
  configure
  # Somebody else may take the port between looking and binding: then try another.
  for _ in 1 2 3 4 5; do
    port="$(free_port)"
    if as_owner "$programs/pg_ctl" -D "$CLUSTER" -o "-p $port" -l "$CLUSTER/server.log" -w -t 60 start >/dev/null 2>&1 </dev/null; then
      echo "postgres://purser@127.0.0.1:$port/postgres" >"$URL_FILE"
      cat "$URL_FILE"
      return
    fi
  done
  tail -n 20 "$CLUSTER/server.log" >&2 || true
  fail "the server did not start"
}

# One at a time: two test runs of one clone may start together.
exec 9>"$HOME_DIR/lock"
flock 9
case "${1:-}" in
  # The server must not inherit the lock.
  start) start 9>&- ;;
  url) running && cat "$URL_FILE" ;;
  stop) remove 9>&- ;;
  *) fail "usage: postgres.sh start|stop|url" ;;
esac
