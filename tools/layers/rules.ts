import type { Source } from '../source/project.ts';
import { importsOf } from './imports.ts';
import { byFile, mayImport, pure, strangers } from './table.ts';

/** One line for each import that the table does not allow. Tests beside their source may import what they like. */
export function layerViolations(files: readonly Source[]): string[] {
  return files
    .filter(({ path }) => path.startsWith('src/') && !path.endsWith('.test.ts'))
    .flatMap((file) =>
      importsOf(file).flatMap(({ target, at }) => {
        const reason = target.startsWith('src/') ? refuse(file.path.slice(4), target.slice(4)) : undefined;
        return reason === undefined ? [] : [`${at}: ${reason}`];
      }),
    );
}

/** Why `from` may not import `to`, both paths inside src/; undefined when it may. */
function refuse(from: string, to: string): string | undefined {
  const [layer, other] = [top(from), top(to)];
  return layer === other ? refuseWithin(from, to) : (refuseAcross(layer, to) ?? refusePure(from, to));
}

function refuseAcross(layer: string, to: string): string | undefined {
  const allowed = mayImport[layer];
  if (allowed === undefined) return `${layer} has no row in tools/layers/table.ts`;
  if (allowed.some((entry) => entry.includes('/') && matches(entry, to))) return undefined;
  const other = top(to);
  if (!allowed.includes('*') && !allowed.includes(other)) {
    return `${layer} may not import ${to}; allowed: ${allowed.join(', ') || 'nothing'}`;
  }
  const face = `${other}/index.ts`;
  return byFile.includes(other) || to === face ? undefined : `${to} is ${other}'s own: import ${face}`;
}

function refuseWithin(from: string, to: string): string | undefined {
  const folder = strangers.find((name) => from.startsWith(`${name}/`) && to.startsWith(`${name}/`));
  if (folder === undefined) return undefined;
  const [mine, theirs] = [from, to].map((path) => path.slice(folder.length + 1).split('/'));
  const known = mine!.length < 2 || theirs!.length < 2 || mine![0] === theirs![0];
  return known ? undefined : `${folder}/${mine![0]} may not know ${to}`;
}

function refusePure(from: string, to: string): string | undefined {
  const part = pure.find((name) => from.startsWith(`${name}/`));
  const kernel = ['syscall', 'netlink', 'nftables'].includes(top(to));
  return part !== undefined && kernel ? `${part} is pure: it may not import ${to}` : undefined;
}

const top = (path: string): string => path.split('/')[0]!;

function matches(pattern: string, path: string): boolean {
  const [start, end] = pattern.split('*');
  return end === undefined ? path === pattern : path.startsWith(start!) && path.endsWith(end);
}
