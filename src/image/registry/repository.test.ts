import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Reference } from '../reference.ts';
import { type FakeRegistry, fakeDeps, fakeDigest, fakeRegistry } from './fixture/fake-registry.ts';
import { Repository } from './repository.ts';

const hub: Reference = { domain: 'docker.io', path: 'library/a' };
const access = { credentials: {}, actions: 'pull', signal: new AbortController().signal } as const;

async function withRepository<T>(at: FakeRegistry, work: (repository: Repository) => Promise<T>): Promise<T> {
  const ref = { domain: new URL(at.url).host, path: 'a' };
  for await (const repository of Repository.open(ref, fakeDeps([]), access)) return await work(repository);
  throw new Error('no repository');
}
const manifestOf = (at: FakeRegistry): Promise<string> =>
  withRepository(at, async (repository) => (await repository.manifest('v1')).digest);
const times = (at: FakeRegistry, what: string): number => at.asked.filter((line) => line.startsWith(what)).length;

test('Repository asks a mirror below the path that the mirror has', async () => {
  await using mirror = await fakeRegistry(undefined, '/hub');
  for await (const repository of Repository.open(hub, fakeDeps([`${mirror.url}/`]), access)) {
    assert.equal((await repository.manifest('v1')).digest, fakeDigest);
    break;
  }
  assert.deepEqual(mirror.asked, ['GET /hub/v2/', 'GET /hub/v2/library/a/manifests/v1']);
});

test('Repository gives a mirror that asks for them no credentials of the registry', async () => {
  const shown: unknown[] = [];
  await using mirror = await fakeRegistry(({ url, headers }, response) => {
    shown.push(headers.authorization);
    if (headers.authorization !== undefined && !url!.endsWith('/v2/')) return false;
    response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="mirror"' }).end('{}');
    return true;
  });
  const credentials = { username: 'sailor', password: 'secret' };
  for await (const repository of Repository.open(hub, fakeDeps([mirror.url]), { ...access, credentials })) {
    await assert.rejects(repository.manifest('v1'));
    break;
  }
  assert.ok(shown.length >= 1);
  assert.ok(shown.every((one) => one === undefined));
});

test('Repository shows its credentials to its own host, and to none that an upload leads to', async () => {
  const shown: string[] = [];
  await using elsewhere = await fakeRegistry(({ headers }) => {
    shown.push(`elsewhere ${headers.authorization}`);
    return false;
  });
  await using registry = await fakeRegistry(({ url, headers, method }, response) => {
    if (url === '/v2/') response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="own"' }).end('{}');
    else if (method === 'POST') response.writeHead(202, { Location: `${elsewhere.url}/v2/a/blobs/uploads/1` }).end();
    else return false;
    if (url !== '/v2/') shown.push(`own ${headers.authorization?.split(' ')[0]}`);
    return true;
  });
  const credentials = { username: 'sailor', password: 'secret' };
  const ref = { domain: new URL(registry.url).host, path: 'a' };
  for await (const repository of Repository.open(ref, fakeDeps([]), { ...access, actions: 'pull,push', credentials })) {
    const to = await repository.startUpload();
    await repository.upload(to!, 'sha256:0', { size: 1, open: () => Buffer.from('x') });
    break;
  }
  assert.deepEqual(shown, ['own Basic', 'elsewhere undefined', 'elsewhere undefined']);
});

test('Repository asks again for a manifest whose connection breaks before or in the answer', async () => {
  let breaks = 2;
  await using registry = await fakeRegistry(({ url, socket }, response) => {
    if (!url!.includes('/manifests/') || breaks-- <= 0) return false;
    if (breaks === 1) socket.destroy();
    else response.writeHead(200, { 'Content-Length': 100 }).write('{', () => socket.destroy());
    return true;
  });
  assert.equal(await manifestOf(registry), fakeDigest);
  assert.equal(times(registry, 'GET /v2/a/manifests'), 3);
});

test('Repository waits as long as Retry-After says, and not at all when that is long', async () => {
  let [refusals, after] = [2, '0'];
  await using registry = await fakeRegistry(({ url }, response) => {
    if (!url!.includes('/manifests/') || refusals-- <= 0) return false;
    response.writeHead(429, { 'Retry-After': after }).end();
    return true;
  });
  const began = performance.now();
  assert.equal(await manifestOf(registry), fakeDigest);
  assert.ok(performance.now() - began < 500, 'it was not waited longer than asked');
  [refusals, after] = [1, '3600'];
  await assert.rejects(manifestOf(registry), /429 Too Many Requests/);
});

test('Repository refuses a manifest of another digest, and one without an end', async () => {
  await using registry = await fakeRegistry(({ url }, response) => {
    if (!url!.endsWith('/endless')) return false;
    response.writeHead(200).end(Buffer.alloc(5 << 20));
    return true;
  });
  await withRepository(registry, async (repository) => {
    const other = `sha256:${'0'.repeat(64)}`;
    await assert.rejects(repository.manifest(other), /manifest verification failed for digest sha256:0+: it has/);
    await assert.rejects(repository.manifest('endless'), /longer than 4194304 bytes/);
  });
  assert.equal(times(registry, 'GET /v2/a/manifests/endless'), 1);
});

test('Repository keeps credentials from the host that it is sent on to', async () => {
  const seen: (string | undefined)[] = [];
  await using elsewhere = await fakeRegistry(({ headers }) => {
    seen.push(headers.authorization);
    return false;
  });
  await using registry = await fakeRegistry(({ url, headers }, response) => {
    if (headers.authorization === undefined) response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="a"' }).end();
    else response.writeHead(307, { Location: `${elsewhere.url}${url}` }).end();
    return true;
  });
  const ref = { domain: new URL(registry.url).host, path: 'a' };
  const known = { ...access, credentials: { username: 'sailor', password: 'secret' } };
  for await (const repository of Repository.open(ref, fakeDeps([]), known)) {
    (await repository.blob(fakeDigest)).message.resume();
    break;
  }
  assert.deepEqual(seen, [undefined]);
});
