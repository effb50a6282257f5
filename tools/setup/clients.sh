# Sourced by test.sh after packages.sh: the clients that test/clients drives, unmodified, as their makers publish them.
# What this machine's mirrors do not have gets a file NAME.missing with the reason, by which its tests are skipped.
clients=$PORTOLAN_CACHE/clients
next_release=trixie # the Debian whose docker-compose is version 2

client_packages() {
  mkdir -p "$clients"
  python_clients
  older_docker
  newer_compose
  node_clients
}

# missing NAME REASON
missing() {
  say "no $1 to test with: $2"
  echo "$2" >"$clients/$1.missing"
}

# Debian 12's docker-compose is the last one in Python. It brings docker-py, and no engine.
python_clients() {
  wanted=''
  [ -e /usr/lib/python3/dist-packages/docker/__init__.py ] || wanted='python3-docker'
  if older_debian; then
    rm -f "$clients/compose-v1.missing"
    has docker-compose || wanted="$wanted docker-compose"
  else
    missing compose-v1 'this Debian has none in Python'
  fi
  # shellcheck disable=SC2086 # a list of words
  add_packages $wanted
}

older_debian() { grep -qE '^VERSION_ID="?12"?$' /etc/os-release; }

# The docker command of Debian 12, an API of 2020: a part of docker.io, whose engine is not installed.
older_docker() {
  [ -x "$clients/docker-20/usr/bin/docker" ] && return
  if ! older_debian; then
    missing docker-20 'this Debian has a newer one'
    return
  fi
  say "unpacking the docker command of docker.io into $clients/docker-20"
  extract docker.io "$clients/docker-20"
  find "$clients/docker-20" -type f ! -path '*/usr/bin/docker' -delete
}

newer_compose() {
  rm -f "$clients/compose-v2.missing" "$clients/docker-26.missing"
  [ -x "$clients/compose-v2/usr/bin/docker-compose" ] && [ -x "$clients/docker-26/usr/bin/docker" ] && return
  if older_debian; then from_next_release || return 0; fi
  say "unpacking docker-compose and docker-cli into $clients"
  refresh_lists docker-compose
  extract docker-compose "$clients/compose-v2"
  extract docker-cli "$clients/docker-26"
  unset APT_CONFIG
  rm -rf "$clients/apt"
  lists_fresh=''
}

# Makes apt read the lists of the next release instead of this machine's, in folders of its own.
from_next_release() {
  mirror=$(apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' 'Created-By: Packages' | sed -n 's/^Debian //p' | head -n 1)
  lists=$clients/apt
  mkdir -p "$lists/lists/partial" "$lists/cache/archives/partial"
  keys=/usr/share/keyrings/debian-archive-keyring.gpg
  echo "deb [signed-by=$keys] $mirror $next_release main" >"$lists/sources.list"
  cat >"$lists/apt.conf" <<END
Dir::Etc::SourceList "$lists/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::State::Lists "$lists/lists";
Dir::Cache "$lists/cache";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
END
  export APT_CONFIG="$lists/apt.conf"
  if [ -n "$mirror" ] && apt_get -o APT::Update::Error-Mode=any update >>"$setup_log" 2>&1; then return; fi
  unset APT_CONFIG
  missing compose-v2 "the mirror of this machine has no $next_release"
  missing docker-26 "the mirror of this machine has no $next_release"
  return 1
}

# Modules as the lock file beside the tests says, outside of the project's own.
node_clients() {
  lock=$root/test/clients/npm/package-lock.json
  cmp -s "$lock" "$clients/npm/installed.json" && return
  say "installing node clients into $clients/npm"
  mkdir -p "$clients/npm"
  cp "$lock" "$root/test/clients/npm/package.json" "$clients/npm"
  (cd "$clients/npm" && logged npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) || exit 1
  cp "$lock" "$clients/npm/installed.json"
}
