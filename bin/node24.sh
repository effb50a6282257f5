# Sets $node24 (a Node.js of version 24 or newer) and $main (what to run), given $root. Sourced by the launchers.
case $(uname -m) in x86_64) arch=x64 ;; aarch64) arch=arm64 ;; *) arch=unknown ;; esac
for node24 in "$root/node_modules/node-linux-$arch/bin/node" "$root/../node-linux-$arch/bin/node" ''; do
  [ -x "$node24" ] && break
done
if [ -z "$node24" ]; then
  node24=$(command -v node || true)
  version=$([ -n "$node24" ] && "$node24" -p 'process.versions.node.split(".")[0]' || echo 0)
  if [ "$version" -lt 24 ]; then
    echo "portolan: needs Node.js 24, found ${version}: run 'npm install' in $root" >&2
    exit 1
  fi
fi
# A checkout runs its source; the package holds only what was built from it.
main=$root/src/main.ts
[ -f "$main" ] || main=$root/dist/main.js
# Compiled code is kept between runs: type stripping and compiling are then paid once.
: "${NODE_COMPILE_CACHE:=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/portolan/compile}"
export NODE_COMPILE_CACHE
