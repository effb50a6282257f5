import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeDeps, fakeDigest, fakeRegistry } from './fixture/fake-registry.ts';
import type { Credentials } from './options.ts';
import { Repository } from './repository.ts';

/** A registry that takes only the newest token of a server on another port, of which `revoke` makes it forget the rest. */
async function withTokens(
  credentials: Credentials,
  work: (repository: Repository, revoke: () => void) => Promise<void>,
) {
  let [issued, valid] = [0, ''];
  const seen: { readonly url: URL; readonly authorization: string | undefined }[] = [];
  await using tokens = await fakeRegistry(({ url, headers }, response) => {
    seen.push({ url: new URL(url!, 'http://tokens'), authorization: headers.authorization });
    valid = `t${++issued}`;
    response.writeHead(200).end(JSON.stringify({ token: valid, expires_in: 300 }));
    return true;
  });
  await using registry = await fakeRegistry(({ headers }, response) => {
    if (valid !== '' && headers.authorization === `Bearer ${valid}`) return false;
    const challenge = `Bearer realm="${tokens.url}/token",service="lab",scope="ignored"`;
    response.writeHead(401, { 'WWW-Authenticate': challenge }).end();
    return true;
  });
  const ref = { domain: new URL(registry.url).host, path: 'sea/a' };
  const access = { credentials, actions: 'pull', signal: new AbortController().signal } as const;
  for await (const repository of Repository.open(ref, fakeDeps([]), access)) {
    await work(repository, () => {
      valid = '';
    });
    break;
  }
  return seen;
}

test('a token is asked for once for what is to be done, and anew when the registry takes it no more', async () => {
  const seen = await withTokens({ username: 'sailor', password: 'secret' }, async (repository, revoke) => {
    for (let n = 0; n < 3; n++) assert.equal((await repository.manifest('v1')).digest, fakeDigest);
    revoke();
    assert.equal((await repository.manifest('v1')).digest, fakeDigest);
  });
  assert.equal(seen.length, 2);
  const { url, authorization } = seen[0]!;
  assert.equal(authorization, `Basic ${Buffer.from('sailor:secret').toString('base64')}`);
  assert.equal(url.search, '?service=lab&scope=repository%3Asea%2Fa%3Apull&account=sailor');
});

test('without credentials a token is asked for without a name', async () => {
  const [first] = await withTokens({}, async (repository) => {
    assert.equal((await repository.manifest('v1')).digest, fakeDigest);
  });
  assert.equal(first!.authorization, undefined);
  assert.equal(first!.url.searchParams.get('account'), null);
});

test('a token that the client brings is shown as it is, and none asked for', async () => {
  const seen = await withTokens({ registryToken: 'own' }, async (repository) => {
    await assert.rejects(repository.manifest('v1'), /unauthorized: authentication required/);
  });
  assert.deepEqual(seen, []);
});
