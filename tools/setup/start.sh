#!/bin/sh
# npm start: set-up, an engine, the tour on it; then the engine stays up until Ctrl-C.
# PORTOLAN_ROOT and PORTOLAN_RUN name other folders for its data and its sockets.
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/tools/setup/packages.sh"

data=${PORTOLAN_ROOT:-/var/lib/portolan}
run=${PORTOLAN_RUN:-/run/portolan}
socket=$run/portolan.sock
log=$run/engine.log
engine=''

answers() { "$root/bin/portolan" -H "unix://$socket" version >/dev/null 2>&1; }

start_engine() {
  mkdir -p "$run"
  say "starting the engine (data in $data, log in $log)"
  "$root/bin/portolan" daemon --host "unix://$socket" --data-root "$data" --exec-root "$run" \
    --pidfile "$run/portolan.pid" >"$log" 2>&1 </dev/null &
  engine=$!
  tries=0
  until answers; do
    tries=$((tries + 1))
    if ! kill -0 "$engine" 2>/dev/null || [ "$tries" -gt 100 ]; then
      tail -n 20 "$log" >&2
      fail "the engine did not come up; its log is $log"
    fi
    sleep 0.1
  done
}

# Safe to call twice: a second Ctrl-C only waits on.
stop_engine() {
  [ -n "$engine" ] || return 0
  kill -TERM "$engine" 2>/dev/null
  while kill -0 "$engine" 2>/dev/null; do wait "$engine"; done
  engine=''
}

need_root 'npm start'
engine_packages
node_modules
trap 'say "stopping"; stop_engine; exit 0' INT TERM HUP
if answers; then
  say "an engine is running already on unix://$socket: this is the tour on it"
else
  start_engine
fi

"$root/bin/portolan" -H "unix://$socket" tour
toured=$?
if [ "$toured" -ne 0 ]; then
  say "the tour failed (exit code $toured); the engine's log is $log" >&2
  stop_engine
  exit "$toured"
fi
[ -n "$engine" ] || exit 0

cat <<END

The engine is up, and works with docker's own command line, from another terminal as root:

  export DOCKER_HOST=unix://$socket
  docker run --rm busybox echo "hello from Portolan"
  docker network ls

Without docker installed, bin/portolan takes the same commands. Ctrl-C here stops the engine.
END
wait "$engine"
ended=$?
say "the engine ended by itself (exit code $ended); its log is $log" >&2
exit "$ended"
