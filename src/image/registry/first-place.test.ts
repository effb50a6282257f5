import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromFirst } from './first-place.ts';
import { fakeDeps, fakeDigest, fakeRegistry } from './fixture/fake-registry.ts';
import type { Repository } from './repository.ts';

const hub = { domain: 'docker.io', path: 'library/a' };
const access = { credentials: {}, actions: 'pull', signal: new AbortController().signal } as const;
const digest = async (repository: Repository): Promise<string> => (await repository.manifest('v1')).digest;

for (const [how, status, body] of [
  ['does not have it', 404, ''],
  ['has trouble', 503, ''],
  ['breaks off', 0, ''],
  ['answers with what is none', 200, 'x'.repeat(5 << 20)],
] as const) {
  test(`fromFirst() passes over a mirror that ${how} after it let us in`, async () => {
    await using bad = await fakeRegistry(({ url, socket }, response) => {
      if (!url!.includes('/manifests/')) return false;
      if (status === 0) socket.destroy();
      else response.writeHead(status).end(body);
      return true;
    });
    await using good = await fakeRegistry();
    assert.equal(await fromFirst(hub, fakeDeps([bad.url, good.url]), access, digest), fakeDigest);
    assert.ok(bad.asked.length >= 2, 'the mirror was asked first');
  });
}

test('fromFirst() throws what the registry itself failed with, and asks no other place', async () => {
  await using registry = await fakeRegistry(({ url }, response) => {
    if (!url!.includes('/manifests/')) return false;
    response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"none"}]}');
    return true;
  });
  const own = { domain: new URL(registry.url).host, path: 'a' };
  await assert.rejects(fromFirst(own, fakeDeps([]), access, digest), /manifest unknown: none/);
});
