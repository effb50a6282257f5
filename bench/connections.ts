/**
 * What many networks cost a packet: connections a second from outside to a published port, on a host with one network and
 * on one with many, by turns. Needs root.
 * Usage: UV_THREADPOOL_SIZE=8 node bench/connections.ts [networks = 500] [rounds = 10] [seconds a round = 2]
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { newId } from '../src/base/index.ts';
import { createNetns } from '../src/syscall/netns.ts';
import { endpoint, sandboxRequest } from '../test/lab/network-lab.ts';
import { openScaleLab, type ScaleLab } from '../test/lab/scale-lab.ts';

const [networks = 500, rounds = 10, seconds = 2] = process.argv.slice(2).map(Number);

/** Closes what connects. */
const server = "require('node:net').createServer((s) => s.destroy()).listen(80)";
/** Eight at a time, as fast as they are closed; prints how many there were. */
const client = `
  const { connect } = require('node:net');
  const end = Date.now() + Number(process.argv[1]) * 1000;
  let count = 0;
  const next = () => Date.now() < end && connect(8080, '192.0.2.1').on('error', () => {}).on('close', () => { count++; next(); }).resume();
  for (let i = 0; i < 8; i++) next();
  process.on('exit', () => console.log(count));
`;

const files = mkdtempSync(join(tmpdir(), 'portolan-connections-'));
const node = (netns: string, program: string, ...args: readonly string[]): ChildProcess =>
  spawn('nsenter', [`--net=${netns}`, process.execPath, '-e', program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });

/** A host with a container that serves, and a machine beside it. */
async function host(count: number): Promise<{ rate(): Promise<number> } & AsyncDisposable> {
  await using made = new AsyncDisposableStack();
  const lab: ScaleLab = made.use(await openScaleLab());
  await lab.networks(count);
  const beside = made.use(createNetns());
  const outside = `/proc/${process.pid}/fd/${beside.fd}`;
  lab.run('ip', 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', outside);
  lab.run('ip', 'addr', 'add', '192.0.2.1/24', 'dev', 'eth0');
  lab.run('ip', 'link', 'set', 'eth0', 'up');
  for (const words of ['addr add 192.0.2.2/24 dev eth0', 'link set eth0 up'])
    execFileSync('nsenter', [`--net=${outside}`, 'ip', ...words.split(' ')]);
  const id = newId();
  const ports = [{ protocol: 'tcp', containerPort: 80, hostIp: '', hostPortFirst: 8080, hostPortLast: 8080 }] as const;
  await lab.network.connect(id, 'n0', endpoint());
  await lab.network.sandboxUp({ ...sandboxRequest(id, join(files, id)), ports });
  made.defer(() => lab.network.forget(id));
  const serving = node(lab.network.sandboxOf(id)!.netnsPath, server);
  made.defer(async () => {
    serving.kill();
    await once(serving, 'exit');
  });
  const owned = made.move();
  return {
    rate: async () => Number(await text(node(outside, client, String(seconds)).stdout!)) / seconds,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

await using few = await host(1);
await using many = await host(networks);
const rates = { few: [] as number[], many: [] as number[] };
for (let round = 0; round < rounds; round++) {
  rates.few.push(await few.rate());
  rates.many.push(await many.rate());
}
const ratio = median(rates.many) / median(rates.few);
console.log(`${median(rates.few).toFixed(0).padStart(8)} connections/s  with 1 network`);
console.log(`${median(rates.many).toFixed(0).padStart(8)} connections/s  with ${networks} networks`);
console.log(`${ratio.toFixed(3).padStart(8)}  of the former`);
rmSync(files, { recursive: true });
