import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { silent } from '../../base/index.ts';
import { searchIndex } from './search.ts';

const options = { insecure: [], mirrors: [], certificates: '/nowhere' };
const deps = { options: () => options, agent: 'test/1', log: silent };
const search = (term: string, limit = 0, credentials = {}) =>
  searchIndex({ term, limit, credentials }, deps, AbortSignal.timeout(5000));

/** An index on loopback, where no TLS is asked for; it answers what `answer` writes, and keeps what was asked. */
async function index(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url!);
    if (request.url === '/v1/_ping') response.end('{}');
    else answer(request, response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    asked,
    address,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test('an index named in the term is asked by the first protocol, with what follows the name', async () => {
  await using at = await index((_request, response) => {
    const one = { name: 'team/app', description: 'an app', star_count: 3, is_official: true, is_automated: true };
    response.end(JSON.stringify({ num_results: 2, results: [one, { name: 'team/b' }] }));
  });
  assert.deepEqual(await search(`${at.address}/team/a b`), [
    { name: 'team/app', description: 'an app', star_count: 3, is_official: true, is_automated: false },
    { name: 'team/b', description: '', star_count: 0, is_official: false, is_automated: false },
  ]);
  await search(`${at.address}/x`, 7);
  assert.deepEqual(at.asked, ['/v1/_ping', '/v1/search?q=team%2Fa+b&n=25', '/v1/_ping', '/v1/search?q=x&n=7']);
});

test('an index that wants a password gets it', async () => {
  const wanted = `Basic ${Buffer.from('sailor:secret').toString('base64')}`;
  await using at = await index(({ headers }, response) => {
    if (headers.authorization === wanted) response.end('{"results":null}');
    else response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="lab"' }).end();
  });
  assert.deepEqual(await search(`${at.address}/x`, 0, { username: 'sailor', password: 'secret' }), []);
  await assert.rejects(search(`${at.address}/x`), /no basic auth credentials/);
});

test('what goes wrong is told as Docker tells it', async () => {
  await using at = await index((request, response) => {
    if (request.url!.includes('q=page')) response.end('<html>');
    else response.writeHead(404).end('no search here');
  });
  await assert.rejects(search(`${at.address}/x`), /^AppError: unexpected status code 404$/);
  await assert.rejects(search(`${at.address}/page`), /error decoding registry search results: /);
  await assert.rejects(search('http://a/b'), {
    kind: 'invalid',
    message: 'invalid repository name: repository name (http://a/b) should not have a scheme',
  });
  await assert.rejects(search('x', 101), { kind: 'invalid', message: 'limit 101 is outside the range of [1, 100]' });
  await assert.rejects(
    search('127.0.0.1:1/x'),
    /invalid registry endpoint "https:\/\/127.0.0.1:1\/v1\/"\. HTTPS attempt: Get .*connection refused\. HTTP attempt: Get .*refused/,
  );
});
