import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { runWith } from '../testing/run.ts';
import { smallEngine } from './answers.ts';
import { FakeEngine, type Request } from './fake-engine.ts';
import { meaning } from './meaning.ts';

/** What docker's own client (28.2, API 1.45) did for a command line; see `record.ts`. */
type Recording = { readonly argv: readonly string[]; readonly code: number; readonly requests: readonly Request[] };
type Body = { Env?: string[]; Detach?: boolean; HostConfig?: { MemorySwappiness?: number; ConsoleSize?: unknown } };

const recordings = readFileSync(new URL('docker-28.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recording);

/** Looks that docker takes before it acts, and we do not: the same actions follow. */
const looks: Readonly<Record<string, RegExp>> = {
  exec: /^\/containers\/web\/json$/,
  'network rm': /^\/networks\/shop$/,
};

/** The requests that matter, in an order of their own: some go out side by side. */
function essence(argv: readonly string[], requests: readonly Request[]): readonly Request[] {
  const look = looks[argv[0]!] ?? looks[argv.slice(0, 2).join(' ')];
  return requests
    .filter(({ method, path }) => !(method === 'GET' && look?.test(path)))
    .filter(({ path }) => !(argv[0] === 'run' && argv.includes('-d') && path.endsWith('/wait')))
    .map((request) => ({ ...request, query: given(request.query), body: meaning(settled(request)) }))
    .sort((a, b) => (`${a.method} ${a.path}` < `${b.method} ${b.path}` ? -1 : 1));
}

/** An empty value means as much as none: docker sends some. */
const given = (query: Request['query']): Request['query'] =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));

/** Docker sends variables in no fixed order, -1 for a swappiness that is not set, and Detach where nothing reads it. */
function settled({ body, path }: Request): unknown {
  const copy = structuredClone(body) as Body | undefined;
  copy?.Env?.sort();
  if (copy?.HostConfig?.MemorySwappiness === -1) delete copy.HostConfig.MemorySwappiness;
  delete copy?.HostConfig?.ConsoleSize;
  if (path === '/containers/web/exec') delete copy?.Detach;
  return copy;
}

for (const { argv, code, requests } of recordings) {
  test(`portolan ${argv.join(' ')}: asks of the engine what docker asks`, async () => {
    await using engine = await new FakeEngine(smallEngine).listen();
    const done = await runWith(engine.host, argv);
    assert.equal(done.code, code, done.stderr);
    assert.deepEqual(essence(argv, engine.requests), essence(argv, requests));
  });
}
