/**
 * How long `load` and `pull` of a large image take: 500 MB in 20,000 files and five layers, half of it compressible. Needs
 * root and Debian's docker-registry on the PATH; starts an engine in a lab of its own. With a socket and the network
 * namespace of another engine (Docker's), measures both in turns and prints the ratio.
 * Usage: node bench/images.ts [rounds = 3] [socket namespace]
 */

import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { startRegistry } from '../test/e2e/registry-lab.ts';
import { createLab, LabEngine, type LabHost, must, run } from '../test/lab/index.ts';

const rounds = Number(process.argv[2] ?? 3);
const layers = 5;
const filesEach = 4000;
const fileBytes = 25_000;
const repository = '127.0.0.1:5000/large';

await using stack = new AsyncDisposableStack();
const lab = stack.use(await createLab());
const host = await lab.host('bench');
const ours = stack.use(await LabEngine.start(host));

type Engine = { readonly name: string; readonly socket: string; readonly host: Pick<LabHost, 'exec' | 'spawn'> };
const engines: Engine[] = [{ name: 'portolan', socket: ours.socket, host }];
if (process.argv[3] !== undefined) {
  const inside = `--net=/run/netns/${process.argv[4]}`;
  engines.push({
    name: 'other',
    socket: process.argv[3],
    host: {
      exec: (program, args, options) => run('nsenter', [inside, program, ...args], options),
      spawn: (program, args, options = {}) => {
        const child = spawn('nsenter', [inside, program, ...args], options);
        stack.defer(() => void child.kill());
        return child;
      },
    },
  });
}

/** As `docker save` writes it. Each has layers of its own: nothing is deleted between measures, which makes ext4 slow for minutes. */
async function makeImage(folder: string, number: number): Promise<string> {
  const random = randomBytes(4 << 20);
  const text = Buffer.from('All work and no play makes a long line of text. '.repeat(1000));
  const contents = (n: number): Buffer => {
    const [source, at] = n % 2 === 0 ? [random, (n * 7919) % (random.length - fileBytes)] : [text, n % 48];
    return source.subarray(at, at + fileBytes);
  };
  const target = join(folder, `image-${number}.tar`);
  const archive = pack();
  const written = pipeline(archive, createWriteStream(target));
  const diffIds: string[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const path = join(folder, 'layer.tar');
    const tar = pack();
    const layerWritten = pipeline(tar, createWriteStream(path));
    for (let n = 0; n < filesEach; n++) {
      if (n < 100) tar.entry({ name: `srv/${layer}/${n}`, type: 'directory', mode: 0o755 });
      const header = { name: `srv/${layer}/${n % 100}/file-${n}`, mode: 0o644 };
      await new Promise<void>((done) => tar.entry(header, contents(layer * filesEach + n), () => done()));
    }
    tar.finalize();
    await layerWritten;
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    diffIds.push(`sha256:${hash.digest('hex')}`);
    await pipeline(
      createReadStream(path),
      archive.entry({ name: `${layer}/layer.tar`, size: (await stat(path)).size }),
    );
  }
  const config = {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: { Cmd: ['true'] },
    rootfs: { type: 'layers', diff_ids: diffIds },
    history: diffIds.map(() => ({ created_by: 'bench' })),
  };
  const names = diffIds.map((_, layer) => `${layer}/layer.tar`);
  archive.entry({ name: 'config.json' }, JSON.stringify(config));
  const manifest = [{ Config: 'config.json', RepoTags: [`${repository}:${number}`], Layers: names }];
  archive.entry({ name: 'manifest.json' }, JSON.stringify(manifest));
  archive.finalize();
  await written;
  return target;
}

async function call(socket: string, method: string, path: string, archive?: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const headers = { 'content-type': 'application/x-tar', 'x-registry-auth': 'e30=' };
  const sent = request({ socketPath: socket, method, path, headers, agent: false }, resolve).on('error', reject);
  if (archive === undefined) sent.end();
  else pipeline(createReadStream(archive, { highWaterMark: 1 << 20 }), sent).catch(reject);
  const answer = await promise;
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += chunk;
  if (answer.statusCode! >= 400 || text.includes('"errorDetail"'))
    throw new Error(`${method} ${path}: ${text.slice(-500)}`);
  return text;
}

async function seconds(act: () => Promise<unknown>): Promise<number> {
  await must('sync', []);
  const from = performance.now();
  await act();
  return (performance.now() - from) / 1000;
}

const folder = join(ours.folder, 'bench');
mkdirSync(folder);
const load = (socket: string, archive: string) => call(socket, 'POST', '/images/load?quiet=1', archive);
const actions = {
  load: (socket: string, number: number) => load(socket, join(folder, `image-${number}.tar`)),
  pull: (socket: string, number: number) =>
    call(socket, 'POST', `/images/create?fromImage=${repository}&tag=${number}`),
};

const pusher = stack.use(await LabEngine.start(await lab.host('pusher')));
for (const one of [...engines.map((engine) => engine.host), pusher.host]) {
  await startRegistry(one as LabHost, folder, { port: 5000 });
}
for (let number = 0; number < 2 * rounds; number++) {
  const archive = await makeImage(folder, number);
  if (number === 0)
    console.log(`${((await stat(archive)).size / 1e6).toFixed(0)} MB, ${layers * filesEach} files an image`);
  if (number < rounds) continue;
  await load(pusher.socket, archive);
  await call(pusher.socket, 'POST', `/images/${repository}/push?tag=${number}`);
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
let number = 0;
for (const [what, act] of Object.entries(actions)) {
  const times = engines.map((): number[] => []);
  for (let round = 0; round < rounds; round++, number++) {
    for (const [n, { socket }] of engines.entries()) times[n]!.push(await seconds(() => act(socket, number)));
  }
  const medians = times.map(median);
  const told = engines.map(
    ({ name }, n) => `${name} ${medians[n]!.toFixed(2)} s (${times[n]!.map((time) => time.toFixed(2)).join(' ')})`,
  );
  const ratio = medians[1] === undefined ? '' : `, ratio ${(medians[0]! / medians[1]).toFixed(2)}`;
  console.log(`${what}: ${told.join(', ')}${ratio}`);
}
const peak = /^VmHWM:\s+(\d+)/m.exec(await readFile(`/proc/${ours.pid}/status`, 'utf8'));
console.log(`our engine at its largest: ${(Number(peak?.[1]) / 1024).toFixed(0)} MiB`);
