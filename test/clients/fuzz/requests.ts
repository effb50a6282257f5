import http from 'node:http';
import fc, { type Arbitrary } from 'fast-check';
import { fakeBackend } from '../../../src/api/fixture/fake-backend.ts';
import type { Route } from '../../../src/api/http/route.ts';
import { allRoutes } from '../../../src/api/routes/index.ts';
import { anyBody, bodies, hostileBodies } from './bodies.ts';

export type Request = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | undefined;
};

const refs = fc.constantFrom(
  ...['kept', 'wire', 'busybox', 'bridge', 'held', 'x', 'sha256:0', 'a%2Fb', '%00', '%ff', '..', 'ü', '__proto__'],
  ...['constructor', 'x'.repeat(3000), '%25s', 'KEPT', 'kept%0a', '{}', '0'],
);
const values = fc.constantFrom(
  ...['', '0', '1', 'true', 'x', '-2', '1e3', '99999999999999999999', '%00', '%', 'ü', '{', '[]', '{"a":1}', '1.5.2'],
  ...[
    '{"label":["a"]}',
    '{"label":{"a=b":true}}',
    '{"name":7}',
    '{"until":["x"]}',
    '{"dangling":["x"]}',
    'ctrl-',
    'removed',
  ],
  ...[
    '{"status":["x"]}',
    '{"before":["x"]}',
    '{"since":["kept"]}',
    '{"__proto__":["x"]}',
    'y'.repeat(9000),
    'linux/amd64',
  ],
);
const keys = fc.constantFrom(
  ...[
    'filters',
    'limit',
    'all',
    'size',
    'since',
    'until',
    'tail',
    'follow',
    'stdout',
    'stderr',
    'stream',
    'signal',
    'h',
    'w',
  ],
  ...[
    'condition',
    'detachKeys',
    'name',
    'platform',
    'repo',
    'tag',
    'fromSrc',
    'names',
    'ps_args',
    'force',
    'v',
    'link',
  ],
  ...[
    'type',
    'verbose',
    'scope',
    'one-shot',
    'container',
    'changes',
    'pause',
    'author',
    'digests',
    'shared-size',
    'path',
  ],
);
const query = fc
  .array(fc.tuple(keys, values), { maxLength: 4 })
  .map((pairs) => pairs.map(([key, value]) => `${key}=${value}`).join('&'));
const versions = fc.constantFrom('', '', '', '/v1.50', '/v1.41', '/v1.24', '/v1.51', '/v0.1', '/v1', '/v1.x');
const types = fc.constantFrom('application/json', 'application/json', 'application/json; charset=x', 'text/plain', '');

/** What waits for a process, or for a registry that a lab does not reach. */
const waiting = /\/stop$|\/restart$|\/push$|^\/distribution|^\/auth|^\/images\/search/;

/** Requests to every route there is, fitting and not. */
export const requests: Arbitrary<Request> = fc
  .constantFrom(...allRoutes(fakeBackend()).filter(({ path }) => !waiting.test(path)))
  .chain((route) =>
    fc.record({
      method: fc.oneof(
        { arbitrary: fc.constant<string>(route.method), weight: 20 },
        fc.constantFrom('PATCH', 'OPTIONS'),
      ),
      path: fc
        .tuple(versions, pathOf(route), query)
        .map(([version, path, search]) => encodeURI(`${version}${path}?${search}`).replaceAll('%25', '%')),
      headers: types.map((type) => ({ 'Content-Type': type })),
      body: bodyOf(route),
    }),
  );

/** Containers and networks that the test keeps are not removed by it. */
function pathOf({ method, path }: Route): Arbitrary<string> {
  const some =
    method === 'DELETE' || path.endsWith('/kill') || path.endsWith('/rename') ? fc.constantFrom('x', '%00') : refs;
  return some.map((ref) => path.replace(/:\w+/g, ref));
}

function bodyOf({ method, path }: Route): Arbitrary<string | Buffer | undefined> {
  if (method === 'GET' || method === 'HEAD') return fc.constant(undefined);
  const fits = (bodies[path] ?? anyBody).map((value) => JSON.stringify(value));
  const cut = fits.chain((text) => fc.nat(text.length).map((at) => text.slice(0, at)));
  const hostile = fc.constantFrom(...hostileBodies);
  return fc.oneof({ arbitrary: fits, weight: 12 }, { arbitrary: cut, weight: 1 }, { arbitrary: hostile, weight: 1 });
}

/** As real clients do: who announces that it closes may miss an answer that comes before its body is out. */
const agent = new http.Agent({ keepAlive: true });

export type Answer = { readonly status: number; readonly text: string };

/** What comes within a moment of the head: streams have no end. Throws when no head comes within 10 s. */
export function ask(socketPath: string, { method, path, headers, body }: Request): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const length = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
  const request = http.request({ socketPath, method, path, headers: { ...headers, ...length }, agent });
  const late = setTimeout(() => request.destroy(new Error('no answer within 10 s')), 10_000);
  request.on('response', (response) => {
    const parts: Buffer[] = [];
    const done = (): void => {
      clearTimeout(enough);
      resolve({ status: response.statusCode!, text: Buffer.concat(parts).toString() });
      request.destroy();
    };
    clearTimeout(late);
    const enough = setTimeout(done, 100);
    response
      .on('data', (part: Buffer) => parts.push(part))
      .on('end', done)
      .on('error', done);
  });
  request.on('error', (error) => {
    clearTimeout(late);
    reject(error);
  });
  request.end(body);
  return promise;
}
