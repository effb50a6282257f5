# Sourced by the scripts beside it, which set $root: installs what this machine lacks, and nothing else. One line is
# printed for each thing done; what the package managers say goes to a log, named when something fails.
# Knows Debian 12 and 13.
: "${PORTOLAN_CACHE:=/var/cache/portolan}"
setup_log=$PORTOLAN_CACHE/setup.log
seccomp_profile=/usr/share/containers/seccomp.json
extracted_docker=$PORTOLAN_CACHE/docker

say() { echo "portolan: $*"; }
fail() {
  say "$*" >&2
  exit 1
}

# need_root COMMAND: namespaces, mounts and firewall rules are root's business.
need_root() {
  [ "$(id -u)" = 0 ] || fail "needs root to make network namespaces: run  sudo $1"
  mkdir -p "$PORTOLAN_CACHE"
}

# logged COMMAND...: quiet, unless it fails.
logged() {
  if ! { echo "+ $*"; "$@"; } >>"$setup_log" 2>&1 </dev/null; then
    tail -n 15 "$setup_log" >&2
    fail "failed: $*; the whole story is in $setup_log"
  fi
}

has() { command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || [ -x "/sbin/$1" ]; }
has_library() { ldconfig -p 2>/dev/null | grep -q "$1" || /sbin/ldconfig -p | grep -q "$1"; }
is_static() { has "$1" && ! ldd "$(command -v "$1")" >/dev/null 2>&1; }

apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get -qy -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 \
    -o APT::Sandbox::User=root "$@"
}

# Package lists are fetched once, and only if something is missing.
lists_fresh=''
refresh_lists() {
  [ -n "$lists_fresh" ] && return
  has apt-get || fail "this machine has no apt-get; please install what is missing yourself: $*"
  logged apt_get update
  lists_fresh=yes
}

# add_packages PACKAGE...
add_packages() {
  [ $# -eq 0 ] && return
  say "installing $*"
  refresh_lists "$@"
  logged apt_get install --no-install-recommends "$@"
}

# extract PACKAGE FOLDER: the files alone, for packages that would bring a daemon or half a system along.
extract() {
  refresh_lists "$1"
  mkdir -p "$2.part"
  (cd "$2.part" && logged apt_get download "$1" && logged dpkg -x ./*.deb .) || exit 1
  rm -f "$2.part"/*.deb
  rm -rf "$2"
  mv "$2.part" "$2"
}

engine_packages() {
  missing=''
  has conmon || missing="$missing conmon"
  has runc || missing="$missing runc"
  has_library libnftables.so.1 || missing="$missing libnftables1"
  is_static busybox || missing="$missing busybox-static"
  has ip || missing="$missing iproute2"
  has ps || missing="$missing procps" # docker top
  has tini-static || has catatonit || has docker-init || missing="$missing tini" # --init
  # What the tour looks with.
  has nft || missing="$missing nftables"
  has curl || missing="$missing curl"
  # shellcheck disable=SC2086 # a list of words
  add_packages $missing
  [ -f "$seccomp_profile" ] || install_seccomp_profile
}

# One file of the package, in the package's own place: its dependencies are 50 MB that are not used here.
install_seccomp_profile() {
  say "installing $seccomp_profile of golang-github-containers-common"
  extract golang-github-containers-common "$PORTOLAN_CACHE/containers-common"
  mkdir -p "${seccomp_profile%/*}"
  cp "$PORTOLAN_CACHE/containers-common$seccomp_profile" "$seccomp_profile"
}

test_packages() {
  missing=''
  has dig || missing="$missing bind9-dnsutils"
  has ping || missing="$missing iputils-ping"
  has iperf3 || missing="$missing iperf3"
  has socat || missing="$missing socat"
  has nsenter || missing="$missing util-linux"
  has git || missing="$missing git"
  # A program that asks the resolvers of both C libraries.
  has musl-gcc || missing="$missing musl-tools"
  [ -e /usr/include/netdb.h ] || missing="$missing libc6-dev"
  has python3 || missing="$missing python3" # a service manager that keeps sockets: test/lab/service-manager.py
  has openssl || missing="$missing openssl" # certificates of plugins
  # shellcheck disable=SC2086
  add_packages $missing
  docker_cli
  registry_server
}

# A registry to push to: the program alone, since its package would start one.
registry_server() {
  has docker-registry && return
  if [ ! -x "$PORTOLAN_CACHE/registry/usr/bin/docker-registry" ]; then
    say "unpacking docker-registry into $PORTOLAN_CACHE/registry"
    extract docker-registry "$PORTOLAN_CACHE/registry"
  fi
  PATH=$PATH:$PORTOLAN_CACHE/registry/usr/bin
  export PATH
}

# The real docker command, without its engine: a package of its own in Debian 13, inside docker.io in Debian 12.
docker_cli() {
  has docker && return
  if [ ! -x "$extracted_docker/usr/bin/docker" ]; then
    refresh_lists docker
    package=docker.io
    [ -n "$(apt-cache policy docker-cli | sed -n 's/^  Candidate: \([^(].*\)/\1/p')" ] && package=docker-cli
    say "unpacking the docker command of $package into $extracted_docker"
    extract "$package" "$extracted_docker"
  fi
  PATH=$PATH:$extracted_docker/usr/bin
  export PATH
}

# Modules as package-lock.json says. npm notes in the hidden file when it last installed.
node_modules() {
  # A link leads to what another checkout keeps: npm would empty that.
  [ -L "$root/node_modules" ] && return
  installed=$root/node_modules/.package-lock.json
  if [ -f "$installed" ] && [ ! "$root/package-lock.json" -nt "$installed" ]; then return; fi
  say 'installing node modules'
  (cd "$root" && logged npm ci --no-audit --no-fund --loglevel=error) || exit 1
}
