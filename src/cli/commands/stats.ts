import { shortId } from '../../base/index.ts';
import type { ContainerStats } from '../../contract/index.ts';
import type { Context } from '../context.ts';
import { command } from '../parse/command.ts';
import { toggle } from '../parse/flag.ts';
import { listFlags, noTruncFlag } from '../parse/list-flags.ts';
import { formatListing, type Row } from '../print/listing.ts';
import { blankStatsRow, statsHeadings, statsRow } from '../print/stats-row.ts';

const columns = ['ID', 'Name', 'CPUPerc', 'MemUsage', 'MemPerc', 'NetIO', 'BlockIO', 'PIDs'];
const refreshMs = 500;
const clearScreen = '\u001b[H\u001b[J';

export const stats = command({
  usage: '[OPTIONS] [CONTAINER...]',
  summary: 'Display a live stream of container(s) resource usage statistics',
  operands: { least: 0 },
  complete: ['running'],
  flags: {
    ...listFlags,
    all: toggle('-a, --all', 'Show all containers (default shows just running)'),
    noStream: toggle('--no-stream', 'Disable streaming stats and only pull the first result'),
    noTrunc: noTruncFlag,
  },
  async run(context, names, { all, format, json, noStream, noTrunc }) {
    const show = (rows: readonly Row[]): string =>
      formatListing({ rows, headings: statsHeadings, columns, id: 'ID' }, { format, json, quiet: false });
    const followed = names.length > 0 ? names : await containerIds(context, all);
    if (noStream) {
      const rows = await Promise.all(followed.map((name) => firstRow(context, name, noTrunc)));
      await context.out(show(rows));
      return 0;
    }
    await follow(context, { names, all, noTrunc }, show);
    return 0;
  },
});

async function containerIds(context: Context, all: boolean): Promise<readonly string[]> {
  return (await context.client.containers.list({ all })).map(({ Id }) => shortId(Id));
}

async function firstRow(context: Context, name: string, noTrunc: boolean): Promise<Row> {
  for await (const sample of context.client.containers.stats(name, false)) return statsRow(name, sample, noTrunc);
  return blankStatsRow(name);
}

type Followed = { readonly names: readonly string[]; readonly all: boolean; readonly noTrunc: boolean };

/** Redraws twice a second. Without names, containers join as they start and leave as they end. */
async function follow(context: Context, followed: Followed, show: (rows: readonly Row[]) => string): Promise<void> {
  const rows = new Map<string, Row>();
  const stop = new AbortController();
  const watch = async (name: string): Promise<void> => {
    if (rows.has(name)) return;
    rows.set(name, blankStatsRow(name));
    try {
      for await (const sample of samples(context, name, stop.signal))
        rows.set(name, statsRow(name, sample, followed.noTrunc));
    } finally {
      rows.delete(name);
    }
  };
  const failures = Promise.withResolvers<never>();
  const begin = (name: string): void => void watch(name).catch(failures.reject);
  try {
    do {
      const names = followed.names.length > 0 ? followed.names : await containerIds(context, followed.all);
      names.forEach(begin);
      await Promise.race([new Promise((next) => setTimeout(next, refreshMs)), failures.promise]);
      await context.out((context.stdio.stdout.isTTY === true ? clearScreen : '') + show([...rows.values()]));
    } while (followed.names.length === 0 || rows.size > 0);
  } finally {
    stop.abort();
  }
}

function samples(context: Context, name: string, signal: AbortSignal): AsyncIterable<ContainerStats> {
  return context.client.containers.stats(name, true, signal);
}
