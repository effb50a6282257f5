/**
 * Containers made side by side, lists of many, and how fast output moves. Needs root; starts an engine in a lab of its
 * own, or measures the one at a socket (Docker's, to compare), which then needs a `busybox` image.
 * Usage: node bench/life.ts [containers = 100] [listed = 500] [socket]
 */
import { readFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLab, LabEngine } from '../test/lab/index.ts';

const [together = 100, listed = 500] = process.argv.slice(2, 4).map(Number);

await using stack = new AsyncDisposableStack();
const { socket, pid } = await target(process.argv[4]);

async function target(given: string | undefined): Promise<{ readonly socket: string; readonly pid?: number }> {
  if (given !== undefined) return { socket: given };
  const lab = stack.use(await createLab());
  return stack.use(await LabEngine.start(await lab.host('bench')));
}

function open(method: string, path: string, body?: object): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const headers = { 'content-type': 'application/json' };
  const sent = request({ socketPath: socket, method, path, headers, agent: false }, resolve).on('error', reject);
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
}

async function call(method: string, path: string, body?: object): Promise<string> {
  const answer = await open(method, path, body);
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += chunk;
  if (answer.statusCode! >= 400) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
  return text;
}

const create = async (Cmd: readonly string[], more: object = {}): Promise<string> =>
  (JSON.parse(await call('POST', '/containers/create', { Image: 'busybox', Cmd, ...more })) as { Id: string }).Id;
const start = (id: string): Promise<string> => call('POST', `/containers/${id}/start`);
const remove = (id: string): Promise<string> => call('DELETE', `/containers/${id}?force=1`);

async function timed<T>(act: () => Promise<T>): Promise<{ readonly ms: number; readonly value: T }> {
  const from = performance.now();
  const value = await act();
  return { ms: performance.now() - from, value };
}

const print = (value: number, what: string): void => console.log(`${value.toFixed(1).padStart(9)}  ${what}`);

async function sideBySide(): Promise<void> {
  const one = async (): Promise<string> => {
    const id = await create(['sleep', '1000']);
    await start(id);
    return id;
  };
  const { ms, value: ids } = await timed(() => Promise.all(Array.from({ length: together }, one)));
  print(ms / together, `ms to create and start one of ${together} at once`);
  const removal = await timed(() => Promise.all(ids.map(remove)));
  print(removal.ms / together, 'ms to remove one of them, all at once');
}

async function lists(): Promise<void> {
  const ids: string[] = [];
  for (let n = 0; n < listed; n++) ids.push(await create(['true']));
  const times: number[] = [];
  for (let n = 0; n < 9; n++) times.push((await timed(() => call('GET', '/containers/json?all=1'))).ms);
  print(times.sort((a, b) => a - b)[4]!, `ms to list ${listed} containers (median)`);
  for (const id of ids) await remove(id);
}

const mebibytes = 400;

async function output(): Promise<void> {
  const none = { HostConfig: { LogConfig: { Type: 'none' } } };
  const id = await create(['dd', 'if=/dev/zero', 'bs=64k', `count=${mebibytes * 16}`], none);
  const stream = await open('POST', `/containers/${id}/attach?stream=1&stdout=1`);
  await start(id);
  let bytes = 0;
  const { ms } = await timed(async () => {
    for await (const chunk of stream) bytes += (chunk as Buffer).length;
  });
  print(bytes / 1e3 / ms, 'MB/s of output to one attached client, without a log');
  await remove(id);
}

async function stalled(): Promise<void> {
  if (pid === undefined) return;
  const id = await create(['sh', '-c', 'yes 0123456789012345678901234567890123456789 | head -c 60000000']);
  await start(id);
  await call('POST', `/containers/${id}/wait`);
  const before = residentMiB(pid);
  const clients = await Promise.all(
    Array.from({ length: 10 }, () => open('GET', `/containers/${id}/logs?stdout=1&follow=1`)),
  );
  await sleep(3000);
  print(residentMiB(pid) - before, `MiB more while ten clients of its log do not read (${before.toFixed(0)} before)`);
  for (const client of clients) client.destroy();
  await remove(id);
}

function residentMiB(process: number): number {
  const status = readFileSync(`/proc/${process}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]) / 1024;
}

for (const measure of [sideBySide, lists, output, stalled]) await measure();
