import { readFileSync } from 'node:fs';
import { AppError, unescapeMountPath } from '../../base/index.ts';
import type { MountPoint } from '../../contract/index.ts';

/** proc_pid_mountinfo(5): where it is mounted, and its tags ("shared:1", "master:2"). */
type Mount = { readonly path: string; readonly tags: readonly string[] };

/**
 * A bind that is to pass mounts on needs a source that does. Throws `internal` with Docker's texts; the table of mounts
 * is read only for binds that ask.
 */
export function checkPropagation(points: readonly MountPoint[]): void {
  const asking = points.filter(({ Type, Propagation }) => Type === 'bind' && /shared|slave/.test(Propagation));
  if (asking.length === 0) return;
  const mounts = parseMounts(readFileSync('/proc/self/mountinfo', 'utf8'));
  for (const { Source, Propagation } of asking) {
    const { path, tags } = mountOf(mounts, Source);
    const has = (tag: string): boolean => tags.some((one) => one.startsWith(tag));
    const wants = Propagation.includes('shared') ? 'shared' : 'shared or slave';
    if (has('shared:') || (wants === 'shared or slave' && has('master:'))) continue;
    throw new AppError('internal', `path ${Source} is mounted on ${path} but it is not a ${wants} mount`);
  }
}

export function parseMounts(text: string): readonly Mount[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' '))
    .map((fields) => ({ path: unescapeMountPath(fields[4] ?? ''), tags: fields.slice(6, fields.indexOf('-')) }));
}

/** The one whose path is the longest; of several on one path the last, which hides the others. */
export function mountOf(mounts: readonly Mount[], path: string): Mount {
  const above = mounts.filter(
    (mount) => mount.path === '/' || path === mount.path || path.startsWith(`${mount.path}/`),
  );
  return above.reduce((best, mount) => (mount.path.length >= best.path.length ? mount : best), {
    path: '',
    tags: [] as readonly string[],
  });
}
