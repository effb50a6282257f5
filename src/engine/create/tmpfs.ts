import { AppError } from '../../base/index.ts';
import { mountFlagNames } from '../../volume/index.ts';

const valued = new Set(['size', 'mode', 'uid', 'gid', 'nr_inodes', 'nr_blocks', 'mpol']);

/** `--tmpfs path[:options]`. Throws `invalid` with Docker's texts. */
export function checkTmpfs(tmpfs: Readonly<Record<string, string>>): void {
  for (const [path, options] of Object.entries(tmpfs)) {
    if (!path.startsWith('/'))
      throw new AppError('invalid', `invalid mount path: '${path}' mount path must be absolute`);
    for (const option of options === '' ? [] : options.split(',')) {
      const at = option.indexOf('=');
      checkOption(at < 0 ? [option] : [option.slice(0, at), option.slice(at + 1)]);
    }
  }
}

/** `--mount type=tmpfs`, option by option: ["exec"], ["uid", "1000"]. Throws `invalid`. */
export function checkMountOptions(options: readonly (readonly string[])[]): void {
  for (const option of options) checkOption(option);
}

function checkOption(parts: readonly string[]): void {
  const [name = ''] = parts;
  if (parts.length === 1 && mountFlagNames.has(name)) return;
  if (parts.length === 2 && valued.has(name) && !parts[1]!.includes(',')) return;
  throw new AppError('invalid', `invalid tmpfs option [${parts.map((part) => JSON.stringify(part)).join(' ')}]`);
}
