import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readlinkSync } from 'node:fs';

/** Those that tests use where they are: to compress what the engine is to unpack. */
const optional = ['bzip2', 'xz-utils', 'zstd'];

/** What the tests, the engine and the virtual machine run, by Debian package: as many files as the machine needs. */
export const packages: readonly string[] = [
  'base-files',
  'bash',
  'bind9-dnsutils',
  'bsdutils',
  'busybox-static',
  'conmon',
  'coreutils',
  'curl',
  'dash',
  'diffutils',
  'findutils',
  'grep',
  'gzip',
  'hostname',
  'iperf3',
  'iproute2',
  'iputils-ping',
  'kmod',
  'libc-bin',
  'libnftables1',
  'mount',
  'netbase',
  'nftables',
  'procps',
  'runc',
  'sed',
  'socat',
  'tar',
  'util-linux',
];

const unwanted =
  /^\/usr\/share\/(doc|man|info|locale|lintian|bug|perl|zoneinfo)\b|^\/(boot|dev|proc|sys|tmp|run|var)\//;

/** Paths of the files of these packages and of all that they depend on, as far as they are installed here. */
export function filesOf(names: readonly string[]): readonly string[] {
  const flags = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map((kind) => `--no-${kind}`);
  const tree = execFileSync('apt-cache', ['depends', '--recurse', '--installed', ...flags, ...names, ...optional], {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  const all = new Set(
    tree
      .split('\n')
      .filter((line) => /^[a-z0-9]/.test(line))
      .map((line) => line.replace(/:.*/, '')),
  );
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own placeholders
  const states = ['-W', '-f', '${db:Status-Abbrev} ${Package}\n'];
  const installed = execFileSync('dpkg-query', states, { encoding: 'utf8', maxBuffer: 64 << 20 })
    .split('\n')
    .filter((line) => line.startsWith('ii'))
    .map((line) => line.slice(4));
  const chosen = installed.filter((name) => all.has(name));
  const lacking = names.filter((name) => !chosen.includes(name));
  if (lacking.length > 0) throw new Error(`not installed here: ${lacking.join(', ')}`);
  const paths = execFileSync('dpkg', ['-L', ...chosen], { encoding: 'utf8', maxBuffer: 256 << 20 }).split('\n');
  const files = paths.filter((path) => path.startsWith('/') && !unwanted.test(path) && isFile(path)).map(merged);
  return [...new Set([...files, ...alternatives()])];
}

/** Files and links; a folder comes with what is in it. */
const isFile = (path: string): boolean => existsSync(path) && !lstatSync(path).isDirectory();

/** Packages name files as before /bin, /sbin and /lib became links. */
const merged = (path: string): string => path.replace(/^\/(bin|sbin|lib|lib64)\//, '/usr/$1/');

/** awk and others are links by way of /etc/alternatives, which no package owns. */
function alternatives(): readonly string[] {
  const links = ['/usr/bin', '/usr/sbin', '/etc/alternatives'].flatMap((folder) =>
    readdirSync(folder).map((name) => `${folder}/${name}`),
  );
  return links.filter((path) => {
    if (!lstatSync(path).isSymbolicLink()) return false;
    return path.startsWith('/etc/') || readlinkSync(path).startsWith('/etc/alternatives/');
  });
}
