/**
 * How many names a second engines resolve for a container, side by side: rounds of each in turn, the engine held to one
 * core and the asker (dnsperf, inside the container's network) to another.
 * Usage: node bench/dns.ts NAME=SOCKET=PID … [--rounds=4] [--seconds=5] [--engine-core=0] [--asker-core=1]
 * Needs root, two cores, the docker command line, dnsperf, and an image `busybox` in each engine.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';

type Engine = { readonly name: string; readonly socket: string; readonly pid: string };
type Round = { readonly perSecond: number; readonly cpuUs: number; readonly lost: number };

const run = async (file: string, ...args: readonly string[]): Promise<string> =>
  (await promisify(execFile)(file, args)).stdout.trim();
const docker = ({ socket }: Engine, ...args: readonly string[]): Promise<string> =>
  run('docker', '--host', `unix://${socket}`, ...args);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '4' },
    seconds: { type: 'string', default: '5' },
    'engine-core': { type: 'string', default: '0' },
    'asker-core': { type: 'string', default: '1' },
  },
});
const engines = positionals.map((text): Engine => {
  const [name = '', socket = '', pid = ''] = text.split('=');
  if (pid === '') throw new Error(`want NAME=SOCKET=PID, got ${text}`);
  return { name, socket, pid };
});
if (engines.length === 0) throw new Error('want at least one NAME=SOCKET=PID');

const network = `dns-bench-${process.pid}`;
const asked = `${network}-web`;

/** Two containers on a network of their own; answers the process of the one that asks. */
async function open(engine: Engine, undo: AsyncDisposableStack): Promise<string> {
  await docker(engine, 'network', 'create', network);
  undo.defer(async () => void (await docker(engine, 'network', 'rm', network)));
  for (const name of [asked, `${network}-asker`]) {
    undo.defer(async () => void (await docker(engine, 'rm', '--force', name).catch(() => '')));
    await docker(engine, 'run', '--detach', '--name', name, '--network', network, 'busybox', 'sleep', '3600');
  }
  const before = (await run('taskset', '-pc', engine.pid)).split(': ').at(-1)!;
  undo.defer(async () => void (await run('taskset', '-apc', before, engine.pid)));
  await run('taskset', '-apc', values['engine-core'], engine.pid);
  return docker(engine, 'inspect', '--format', '{{.State.Pid}}', `${network}-asker`);
}

/** Processor time that a process has had, in µs, with all its threads: fields 14 and 15 in ticks of 10 ms (proc_pid_stat(5)). */
function cpuUs(pid: string): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

async function round(engine: Engine, pid: string, queries: string): Promise<Round> {
  const before = cpuUs(engine.pid);
  const load = ['-s', '127.0.0.11', '-d', queries, '-l', values.seconds, '-c', '4'];
  const text = await run('taskset', '-c', values['asker-core'], 'nsenter', '-t', pid, '-n', 'dnsperf', ...load);
  const number = (pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? Number.NaN);
  const done = number(/Queries completed:\s+(\d+)/);
  if (number(/NOERROR (\d+)/) !== done) throw new Error(`not all were answered:\n${text}`);
  return {
    perSecond: number(/Queries per second:\s+([\d.]+)/),
    cpuUs: (cpuUs(engine.pid) - before) / done,
    lost: number(/Queries lost:\s+(\d+)/),
  };
}

const median = (figures: readonly number[]): number => figures.toSorted((a, b) => a - b)[figures.length >> 1]!;

await using undo = new AsyncDisposableStack();
const folder = mkdtempSync(join(tmpdir(), 'dns-bench-'));
undo.defer(() => rmSync(folder, { recursive: true }));
const queries = join(folder, 'queries');
writeFileSync(queries, `${asked} A\n`);
const askers = new Map<Engine, string>();
for (const engine of engines) askers.set(engine, await open(engine, undo));
const rounds = new Map<Engine, Round[]>(engines.map((engine) => [engine, []]));
for (let n = 0; n < Number(values.rounds); n++) {
  for (const [engine, pid] of askers) rounds.get(engine)!.push(await round(engine, pid, queries));
}
const first = median(rounds.get(engines[0]!)!.map(({ perSecond }) => perSecond));
for (const [{ name }, done] of rounds) {
  const rate = median(done.map(({ perSecond }) => perSecond));
  const all = done.map(({ perSecond }) => perSecond.toFixed(0)).join(' ');
  const each = median(done.map((one) => one.cpuUs)).toFixed(1);
  const lost = done.reduce((sum, one) => sum + one.lost, 0);
  console.log(
    `${name}: ${rate.toFixed(0)} a second (${all}), ${each} µs of processor each, ${lost} lost, ×${(rate / first).toFixed(2)}`,
  );
}
