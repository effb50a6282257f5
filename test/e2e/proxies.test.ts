import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { until } from '../lab/until.ts';
import { engineForFile } from './engine.ts';
import { certificateFor, startRegistry } from './registry-lab.ts';

const folder = mkdtempSync(join(tmpdir(), 'ptl-proxies-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const proxy = 'http://sailor:secret@127.0.0.1:3128';
/** The first machine of a lab, where the engine is. */
const ownAddress = '192.0.2.1';

const bench = engineForFile({
  flags: (home) => {
    const file = join(home, 'daemon.json');
    const proxies = { 'http-proxy': proxy, 'https-proxy': proxy, 'no-proxy': `${ownAddress}/32,inside.example` };
    writeFileSync(file, JSON.stringify({ proxies, 'insecure-registries': ['192.0.2.0/24'] }));
    return ['--config-file', file];
  },
});
const docker = (...args: readonly string[]): Promise<string> => bench.engine.ok(...args);
let said = '';

test('the proxy is there', async () => {
  const program = join(import.meta.dirname, '../lab/proxy-process.ts');
  const running = bench.host.spawn(process.execPath, [program, '3128', 'sailor:secret'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.stdout!.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await until('the proxy is ready', () => said.includes('ready'));
});

/** What the proxy was asked for meanwhile. */
async function asked(act: () => Promise<unknown>): Promise<string> {
  said = '';
  await act();
  return said;
}

async function goThere(registry: string): Promise<void> {
  const name = `${registry}/busybox:v1`;
  await docker('tag', 'busybox', name);
  await docker('push', name);
  await docker('rmi', name);
  await docker('pull', name);
  await docker('rmi', name);
}

test('info shows the proxies of the configuration file, without their passwords', async () => {
  const shown = 'http://xxxxx:xxxxx@127.0.0.1:3128';
  assert.equal(
    await docker('info', '-f', '{{.HTTPProxy}} {{.HTTPSProxy}} {{.NoProxy}}'),
    `${shown} ${shown} ${ownAddress}/32,inside.example`,
  );
});

test('a registry by http is asked through the proxy, one by https by a tunnel, one that is left out directly', async () => {
  const { host, outside } = bench;
  assert.equal(host.ipv4, ownAddress);
  await startRegistry(outside, folder, { port: 5080 });
  const plain = await asked(() => goThere(`${outside.ipv4}:5080`));
  for (const method of ['GET', 'HEAD', 'POST', 'PUT']) {
    assert.match(plain, new RegExp(`^${method} http://${outside.ipv4}:5080/v2/`, 'm'));
  }
  const tls = await certificateFor(outside.ipv4, folder);
  await startRegistry(outside, folder, { port: 5443, tls });
  assert.match(await asked(() => goThere(`${outside.ipv4}:5443`)), new RegExp(`^CONNECT ${outside.ipv4}:5443$`, 'm'));
  await startRegistry(host, folder, { port: 5081 });
  assert.equal(await asked(() => goThere(`${ownAddress}:5081`)), '');
  assert.equal(await asked(() => goThere('localhost:5081')), '');
});

test('what builds and imports fetch by address comes through the proxy, too', async () => {
  const { outside } = bench;
  const files = join(folder, 'files');
  mkdirSync(files);
  writeFileSync(join(files, 'Dockerfile'), `FROM scratch\nADD http://${outside.ipv4}:8000/file /\n`);
  writeFileSync(join(files, 'file'), 'content');
  await outside.must('tar', ['-C', files, '-cf', join(files, 'root.tar'), 'file']);
  outside.spawn('python3', ['-m', 'http.server', '-d', files, '8000'], { stdio: 'ignore' });
  const url = `http://${outside.ipv4}:8000`;
  await until('files are served', async () => (await outside.exec('curl', ['-sf', '-o', '/dev/null', url])).code === 0);
  const built = await asked(() => docker('build', '-t', 'fetched', files));
  assert.equal(built, `GET ${url}/file\n`);
  const imported = await asked(() => docker('import', `${url}/root.tar`, 'brought'));
  assert.equal(imported, `GET ${url}/root.tar\n`);
  await docker('rmi', 'fetched', 'brought');
});

test('a proxy that refuses, and one that is not there, are told', async () => {
  const { engine, outside } = bench;
  await engine.stop();
  writeFileSync(join(engine.folder, 'daemon.json'), JSON.stringify({ proxies: { 'https-proxy': '127.0.0.1:3129' } }));
  await engine.launch();
  const { code, stderr } = await engine.docker('pull', `${outside.ipv4}:5443/busybox:v1`);
  assert.equal(code, 1);
  assert.match(stderr, /Get "https:\/\/192\.0\.2\.2:5443\/v2\/": .*127\.0\.0\.1:3129.*connection refused/);
  await engine.stop();
  const wrong = { proxies: { 'https-proxy': 'http://sailor:wrong@127.0.0.1:3128' } };
  writeFileSync(join(engine.folder, 'daemon.json'), JSON.stringify(wrong));
  await engine.launch();
  assert.match((await engine.docker('pull', `${outside.ipv4}:5443/busybox:v1`)).stderr, /407|Proxy Authentication/);
});
