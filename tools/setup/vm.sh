#!/bin/sh
# npm run test:vm [-- FILE...]: set-up, then the tests in a virtual machine with Debian's kernel; see tools/vm/README.md.
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/tools/setup/packages.sh"
caller=$PWD
cd "$root" || exit 1
need_root 'npm run test:vm'
[ "$(uname -m)" = x86_64 ] || fail 'the virtual machine is made for x86_64'
engine_packages
test_packages
node_modules

missing=''
has qemu-system-x86_64 || missing="$missing qemu-system-x86"
has depmod || missing="$missing kmod"
has mkfs.ext4 || missing="$missing e2fsprogs"
dpkg -s netbase >/dev/null 2>&1 || missing="$missing netbase" # /etc/protocols, by which nft names them
# shellcheck disable=SC2086 # a list of words
add_packages $missing

# The kernel that linux-image-amd64 stands for, unpacked and not installed: this machine goes on booting its own.
kernel=$PORTOLAN_CACHE/vm/kernel
if ! ls "$kernel"/boot/vmlinuz-* >/dev/null 2>&1; then
  refresh_lists linux-image-amd64
  image=$(apt-cache depends linux-image-amd64 | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
  [ -n "$image" ] || fail 'apt knows no linux-image-amd64'
  say "unpacking $image into $kernel"
  mkdir -p "${kernel%/*}"
  extract "$image" "$kernel"
fi

export PORTOLAN_CACHE
cd "$caller" || exit 1
exec "$root/bin/node24" "$root/tools/vm.ts" "$@"
