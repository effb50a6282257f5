import { AppError } from '../../base/index.ts';

/** What mount(8) knows without a value. */
const flags = new Set(
  (
    'defaults ro rw suid nosuid dev nodev exec noexec sync async dirsync remount mand nomand atime noatime diratime ' +
    'nodiratime bind rbind private rprivate shared rshared slave rslave unbindable runbindable relatime norelatime ' +
    'strictatime nostrictatime'
  ).split(' '),
);
const valued = new Set(['size', 'mode', 'uid', 'gid', 'nr_inodes', 'nr_blocks', 'mpol']);

/** `--tmpfs path[:options]`. Throws `invalid` with Docker's texts. */
export function checkTmpfs(tmpfs: Readonly<Record<string, string>>): void {
  for (const [path, options] of Object.entries(tmpfs)) {
    if (!path.startsWith('/'))
      throw new AppError('invalid', `invalid mount path: '${path}' mount path must be absolute`);
    for (const option of options === '' ? [] : options.split(',')) checkOption(option);
  }
}

function checkOption(option: string): void {
  if (flags.has(option)) return;
  const at = option.indexOf('=');
  const parts = at < 0 ? [option] : [option.slice(0, at), option.slice(at + 1)];
  if (parts.length === 2 && valued.has(parts[0]!)) return;
  throw new AppError('invalid', `invalid tmpfs option [${parts.map((part) => JSON.stringify(part)).join(' ')}]`);
}
