#!/bin/sh
# portolan setup [--systemd]: what the engine needs from Debian, for a Portolan that npm has installed; on demand also a
# unit of systemd's, switched on and started. Safe to run again.
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/tools/setup/packages.sh"
unit=/etc/systemd/system/portolan.service

install_unit() {
  has systemctl || fail 'this machine has no systemd: start  portolan daemon  by what it has instead'
  sed "s|^ExecStart=[^ ]*|ExecStart=$root/bin/portolan|" "$root/packaging/portolan.service" >"$unit"
  say "wrote $unit"
  logged systemctl daemon-reload
  logged systemctl enable portolan.service
  logged systemctl restart portolan.service
  say 'the engine is up:  systemctl status portolan'
}

need_root 'portolan setup'
engine_packages
say 'everything the engine needs is installed'
[ "$1" = --systemd ] && install_unit
exit 0
