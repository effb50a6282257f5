import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync, globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { LabEngine } from '../lab/index.ts';
import { until } from '../lab/until.ts';
import { engineForFile } from './engine.ts';
import { certificateFor, startBreaker, startRegistry } from './registry-lab.ts';

const folder = mkdtempSync(join(tmpdir(), 'ptl-registry-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const certificates = join(folder, 'certs.d');
const bench = engineForFile({ flags: ['--certs-dir', certificates] });
const docker = (...args: readonly string[]): Promise<string> => bench.engine.ok(...args);
const refusal = async (...args: readonly string[]): Promise<string> =>
  (await bench.engine.docker(...args)).stderr.trim();
const idOf = (ref: string): Promise<string> => docker('image', 'inspect', '-f', '{{.Id}}', ref);

/** An image of several layers that no other test has. */
async function newImage(name: string, layers: number): Promise<void> {
  for (let n = 0; n < layers; n++) {
    await docker(
      'run',
      '--name',
      'made',
      n === 0 ? 'busybox' : name,
      'sh',
      '-c',
      `head -c 300000 /dev/urandom >/file${n}`,
    );
    await docker('commit', 'made', name);
    await docker('rm', 'made');
  }
}

before(async () => mkdirSync(certificates, { recursive: true }));

test('an image goes to a registry and comes back the same, layers that are there are not sent again', async () => {
  const { host } = bench;
  await startRegistry(host, folder, { port: 5000 });
  await newImage('localhost:5000/sea/chart:v1', 2);
  const id = await idOf('localhost:5000/sea/chart:v1');
  const pushed = await docker('push', 'localhost:5000/sea/chart:v1');
  assert.match(pushed, /^The push refers to repository \[localhost:5000\/sea\/chart\]\n[0-9a-f]{12}: Preparing\n/);
  const digest = /^v1: digest: (sha256:[0-9a-f]{64}) size: \d+$/m.exec(pushed)![1]!;
  assert.equal(pushed.match(/: Pushed$/gm)?.length, 3);
  assert.deepEqual(JSON.parse(await docker('image', 'inspect', '-f', '{{json .RepoDigests}}', id)), [
    `localhost:5000/sea/chart@${digest}`,
  ]);
  assert.equal((await docker('push', 'localhost:5000/sea/chart:v1')).match(/: Layer already exists$/gm)?.length, 3);
  await docker('tag', 'localhost:5000/sea/chart:v1', 'localhost:5000/other:v1');
  assert.match(await docker('push', 'localhost:5000/other:v1'), /: Mounted from sea\/chart$/m);

  await docker('rmi', '-f', id);
  const pulled = await docker('pull', 'localhost:5000/sea/chart:v1');
  assert.match(pulled, /^v1: Pulling from sea\/chart\n/);
  assert.equal(pulled.match(/: Pull complete$/gm)?.length, 2);
  assert.equal(pulled.match(/: Already exists$/gm)?.length, 1, pulled);
  assert.ok(
    pulled.includes(`Digest: ${digest}\nStatus: Downloaded newer image for localhost:5000/sea/chart:v1`),
    pulled,
  );
  assert.equal(await idOf('localhost:5000/sea/chart:v1'), id);
  assert.match(await docker('pull', 'localhost:5000/sea/chart:v1'), /Status: Image is up to date for/);
  assert.match(await docker('run', '--rm', 'localhost:5000/sea/chart:v1', 'wc', '-c', '/file1'), /^300000 /);

  await docker('rmi', '-f', id);
  assert.match(await docker('pull', `localhost:5000/sea/chart@${digest}`), new RegExp(`^${digest}: Pulling from`, 'm'));
  // What has a digest and no tag is among both.
  for (const which of ['true', 'false'])
    assert.ok((await docker('images', '-q', '--no-trunc', '-f', `dangling=${which}`)).includes(id), which);
  await docker('rmi', '-f', id);
  // The command line pulls what is absent.
  assert.match(await docker('run', '--rm', 'localhost:5000/sea/chart:v1', 'echo', 'ran'), /ran$/);
  await docker('rmi', '-f', id);
});

test('mounts that a registry refuses leave no uploads begun there', async () => {
  await newImage('localhost:5000/unmounted:v1', 1);
  const id = await idOf('localhost:5000/unmounted:v1');
  for (const name of ['never-a', 'never-b', 'never-c']) await docker('tag', id, `localhost:5000/${name}:v1`);
  assert.match(await docker('push', 'localhost:5000/unmounted:v1'), /: Pushed$/m);
  assert.deepEqual(globSync('registry-5000/data/**/unmounted/_uploads/*', { cwd: folder }), []);
  await docker('rmi', '-f', id);
});

test('what is not there, not reached or of another platform is refused in Docker’s words, and nothing is left', async () => {
  const images = await docker('images', '-aq');
  assert.equal(
    await refusal('pull', 'localhost:5000/sea/chart:none'),
    'Error response from daemon: manifest for localhost:5000/sea/chart:none not found: manifest unknown: manifest unknown',
  );
  assert.match(
    await refusal('pull', 'localhost:5000/none'),
    /^Error response from daemon: (manifest for|repository) localhost:5000\/none.* not found/,
  );
  assert.match(
    await refusal('pull', 'localhost:5999/none'),
    /Get "http:\/\/localhost:5999\/v2\/": dial tcp .*:5999: connect: connection refused/,
  );
  assert.match(
    await refusal('pull', 'UPPER'),
    /invalid reference format: repository name \(library\/UPPER\) must be lowercase|invalid reference format/,
  );
  assert.equal(
    await refusal('push', 'localhost:5000/none:v1'),
    'An image does not exist locally with the tag: localhost:5000/none',
  );
  assert.match(
    await refusal('pull', '--platform', 'linux/arm64', 'localhost:5000/sea/chart:v1'),
    /its platform \(linux\/amd64\) does not match the specified platform \(linux\/arm64\)/,
  );
  assert.equal(await docker('images', '-aq'), images);
});

test('a registry with TLS and a password: known by its certificate, entered with docker login', async () => {
  const { outside, engine } = bench;
  const tls = await certificateFor(outside.ipv4, folder);
  await startRegistry(outside, folder, { port: 5443, tls, login: true });
  const registry = `${outside.ipv4}:5443`;
  assert.match(await refusal('pull', `${registry}/a`), /certificate|self-signed/);
  mkdirSync(join(certificates, registry));
  copyFileSync(tls.cert, join(certificates, registry, 'ca.crt'));
  assert.match(await refusal('pull', `${registry}/a`), /no basic auth credentials/);
  const login = (password: string) =>
    engine.dockerWith({ input: password }, 'login', '-u', 'sailor', '--password-stdin', registry);
  const wrong = await login('wrong');
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /unauthorized: authentication required/);
  assert.match((await login('secret')).stdout, /Login Succeeded/);
  await docker('tag', 'busybox', `${registry}/own/busybox:v1`);
  assert.match(await docker('push', `${registry}/own/busybox:v1`), /v1: digest: sha256:/);
  await docker('rmi', `${registry}/own/busybox:v1`);
  assert.match(await docker('pull', `${registry}/own/busybox:v1`), /Status: /);
  await docker('rmi', `${registry}/own/busybox:v1`);
  await docker('logout', registry);
  assert.match(await refusal('pull', `${registry}/own/busybox:v1`), /no basic auth credentials/);
});

test('an authority that the machine trusts is trusted', async () => {
  const { outside } = bench;
  const tls = await certificateFor(outside.ipv4, folder);
  await startRegistry(outside, folder, { port: 5444, tls });
  const name = `${outside.ipv4}:5444/own/busybox:v1`;
  assert.match(await refusal('pull', name), /certificate signed by unknown authority/);
  await using trusting = await LabEngine.start(outside, { env: { SSL_CERT_FILE: tls.cert } });
  assert.match((await trusting.docker('pull', name)).stderr, /not found/);
});

test('a layer whose way breaks off comes the rest of the way', async () => {
  const { host } = bench;
  await newImage('localhost:5000/broken:v1', 1);
  await docker('push', 'localhost:5000/broken:v1');
  const id = await idOf('localhost:5000/broken:v1');
  await docker('rmi', '-f', id);
  await startBreaker(host, 5001, 5000, 2, 100_000);
  await docker('pull', 'localhost:5001/broken:v1');
  assert.equal(await idOf('localhost:5001/broken:v1'), id);
  assert.match(await docker('run', '--rm', 'localhost:5001/broken:v1', 'wc', '-c', '/file0'), /^300000 /);
  await docker('rmi', '-f', id);
});

test('of an index of platforms, the one asked for comes', async () => {
  const { host } = bench;
  const manifests = 'http://127.0.0.1:5000/v2/sea/chart/manifests';
  const type = 'application/vnd.docker.distribution.manifest.v2+json';
  const manifest = await host.must('curl', ['-sf', '-H', `Accept: ${type}`, `${manifests}/v1`]);
  const digest = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
  const entry = { mediaType: type, digest, size: manifest.length };
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: ['amd64', 'arm64'].map((architecture) => ({ ...entry, platform: { os: 'linux', architecture } })),
  };
  const put = ['-sf', '-X', 'PUT', '-H', `Content-Type: ${index.mediaType}`, '--data-binary', JSON.stringify(index)];
  await host.must('curl', [...put, `${manifests}/all`]);
  await docker('pull', 'localhost:5000/sea/chart:all');
  assert.equal(await docker('run', '--rm', 'localhost:5000/sea/chart:all', 'echo', 'ran'), 'ran');
  assert.match(
    await refusal('pull', '--platform', 'linux/s390x', 'localhost:5000/sea/chart:all'),
    /no matching manifest for linux\/s390x in the manifest list entries/,
  );
  const seen = await host.must('curl', [
    '-sf',
    '--unix-socket',
    bench.engine.socket,
    'http://engine/distribution/localhost:5000/sea/chart:all/json',
  ]);
  const { Descriptor, Platforms } = JSON.parse(seen);
  assert.equal(Descriptor.mediaType, index.mediaType);
  assert.deepEqual(Platforms, [
    { architecture: 'amd64', os: 'linux' },
    { architecture: 'arm64', os: 'linux' },
  ]);
  await docker('rmi', 'localhost:5000/sea/chart:all');
});

test('an engine that is killed in the middle of a pull has nothing of it afterwards, and pulls again', async () => {
  const { engine, host } = bench;
  await newImage('localhost:5000/late:v1', 1);
  await docker('push', 'localhost:5000/late:v1');
  const id = await idOf('localhost:5000/late:v1');
  await docker('rmi', '-f', id);
  await startBreaker(host, 5002, 5000, 1000, 100_000);
  const pulling = engine.docker('pull', 'localhost:5002/late:v1');
  const incoming = join(engine.dataRoot, 'content/incoming');
  await until('a layer is on its way', () => globSync('*/*', { cwd: incoming }).length > 0);
  await engine.kill9();
  await pulling;
  await engine.launch();
  assert.deepEqual(globSync('*', { cwd: incoming }), []);
  await docker('pull', 'localhost:5000/late:v1');
  assert.equal(await idOf('localhost:5000/late:v1'), id);
  await docker('rmi', '-f', id);
});

test('the command portolan pulls, pushes, logs in and runs what is absent, too', async () => {
  const { engine, outside } = bench;
  const registry = `${outside.ipv4}:5443`;
  const ours = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await engine.portolan(...args);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  assert.match(await ours('login', '-u', 'sailor', '-p', 'secret', registry), /Login Succeeded/);
  await ours('tag', 'busybox', `${registry}/ours:v1`);
  assert.match(await ours('push', `${registry}/ours:v1`), /v1: digest: sha256:/);
  await ours('rmi', `${registry}/ours:v1`);
  assert.match(await ours('run', '--rm', `${registry}/ours:v1`, 'echo', 'ran'), /^ran$/m);
  assert.match(await ours('pull', `${registry}/ours:v1`), /Status: Image is up to date/);
  await ours('rmi', `${registry}/ours:v1`);
  await ours('logout', registry);
  assert.match((await engine.portolan('pull', `${registry}/ours:v1`)).stderr, /no basic auth credentials/);
});
