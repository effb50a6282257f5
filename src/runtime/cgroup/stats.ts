import { readFile } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import type { RuntimeStats } from '../types.ts';
import { type Groups, groupOf, isUnified } from './groups.ts';
import { parseStatsV1, v1Files } from './stats-v1.ts';
import { parseStatsV2, v2Files } from './stats-v2.ts';

/** The texts of a group's files by name; a file that is not there is "". */
export type Texts = Readonly<Record<string, string>>;
/** What the files of a container's groups tell. */
export type GroupStats = Omit<RuntimeStats, 'at' | 'systemCpuNs' | 'onlineCpus'>;

const nanosecondsPerTick = 10_000_000; // USER_HZ is 100 on every architecture Linux runs on today.

/** Counters of a container now. Missing controllers count nothing. */
export async function readStats(groups: Groups): Promise<RuntimeStats> {
  const files = isUnified(groups) ? v2Files : v1Files;
  const [stat, texts] = await Promise.all([readFile('/proc/stat', 'utf8'), readTexts(groups, files)]);
  const parsed = isUnified(groups) ? parseStatsV2(texts) : parseStatsV1(texts);
  return {
    ...parsed,
    at: new Date(),
    systemCpuNs: systemCpuNs(stat),
    onlineCpus: availableParallelism(),
    memoryLimit: Math.min(parsed.memoryLimit, totalmem()),
  };
}

async function readTexts(
  groups: Groups,
  files: readonly (readonly [controller: string, file: string])[],
): Promise<Texts> {
  const entries = await Promise.all(
    files.map(async ([controller, file]) => {
      const folder = groupOf(groups, controller);
      const text = folder === undefined ? '' : await readFile(join(folder, file), 'utf8').catch(() => '');
      return [file, text] as const;
    }),
  );
  return Object.fromEntries(entries);
}

/** Time all processors spent, idle included: the first seven columns of /proc/stat's first line, as Docker adds them. */
export function systemCpuNs(stat: string): number {
  const columns = stat.split('\n', 1)[0]!.trim().split(/\s+/).slice(1, 8);
  return columns.reduce((sum, column) => sum + Number(column), 0) * nanosecondsPerTick;
}

/** Lines of "name number" as an object. */
export function keyed(text: string): Record<string, number> {
  const lines = text.split('\n').filter((line) => line !== '');
  return Object.fromEntries(lines.map((line) => line.split(' ', 2)).map(([name, value]) => [name, Number(value)]));
}

/** One number, or "max". */
export const single = (text: string, whenMax = Number.POSITIVE_INFINITY): number =>
  text.trim() === 'max' ? whenMax : Number(text.trim());
