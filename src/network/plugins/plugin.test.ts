import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type AppError, silent } from '../../base/index.ts';
import type { PluginFolders } from './discovery.ts';
import { MissingMethod, type Patience, patient } from './plugin.ts';
import { Plugins } from './plugins.ts';

type Call = { readonly path: string; readonly accept: string | undefined; readonly body: unknown };
type Said = { readonly status?: number; readonly text: string };

const once: Patience = { retryMs: 0, requestMs: 5000 };

function foldersFor(t: TestContext): PluginFolders {
  const dir = mkdtempSync(join(tmpdir(), 'portolan-plugins-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const folders = { sockets: [join(dir, 'run')], specs: [join(dir, 'etc'), join(dir, 'usr')] };
  for (const folder of [...folders.sockets, ...folders.specs]) mkdirSync(folder);
  return folders;
}

/** A plugin that answers by method, and what it was asked. */
async function listening(
  t: TestContext,
  where: string | number,
  say: (method: string) => Said,
): Promise<{ readonly calls: Call[]; readonly server: Server }> {
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const path = request.url!;
    calls.push({ path, accept: request.headers.accept, body: JSON.parse(text) });
    const activation: Said = { text: '{"Implements":["NetworkDriver"]}' };
    const { status = 200, text: answer } = path === '/Plugin.Activate' ? activation : say(path.slice(1));
    response.writeHead(status).end(answer);
  });
  await new Promise<void>((done) => {
    if (typeof where === 'string') server.listen(where, done);
    else server.listen(where, '127.0.0.1', done);
  });
  t.after(() => new Promise((done) => server.close(done)));
  return { calls, server };
}

test('a plugin is found by its socket, activated once and called with its own media type', async (t) => {
  const folders = foldersFor(t);
  const { calls } = await listening(t, join(folders.sockets[0]!, 'mine.sock'), () => ({ text: '{"Value":{"a":1}}' }));
  const plugin = new Plugins(folders, silent).named('mine');
  assert.deepEqual(await plugin.call('NetworkDriver', 'EndpointOperInfo', { NetworkID: 'n' }, once), {
    Value: { a: 1 },
  });
  await plugin.call('NetworkDriver', 'Leave', {}, once);
  const accept = 'application/vnd.docker.plugins.v1.2+json';
  assert.deepEqual(calls, [
    { path: '/Plugin.Activate', accept, body: {} },
    { path: '/NetworkDriver.EndpointOperInfo', accept, body: { NetworkID: 'n' } },
    { path: '/NetworkDriver.Leave', accept, body: {} },
  ]);
});

test('a socket in a folder of its own, a .spec and a .json lead to a plugin too', async (t) => {
  const folders = foldersFor(t);
  const [run, etc, usr] = [folders.sockets[0]!, folders.specs[0]!, folders.specs[1]!];
  mkdirSync(join(run, 'nested'));
  await listening(t, join(run, 'nested', 'nested.sock'), () => ({ text: '{"who":"nested"}' }));
  const { server } = await listening(t, 0, () => ({ text: '{"who":"tcp"}' }));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(join(etc, 'spec.spec'), `tcp://${address}\n`);
  mkdirSync(join(usr, 'json'));
  writeFileSync(join(usr, 'json', 'json.json'), JSON.stringify({ Name: 'json', Addr: `http://${address}` }));
  const plugins = new Plugins(folders, silent);
  const who = (name: string): Promise<unknown> => plugins.named(name).call('NetworkDriver', 'Who', {}, once);
  assert.deepEqual(await who('nested'), { who: 'nested' });
  assert.deepEqual(await who('spec'), { who: 'tcp' });
  assert.deepEqual(await who('json'), { who: 'tcp' });
  writeFileSync(join(etc, 'broken.spec'), 'what?');
  await assert.rejects(who('broken'), { kind: 'invalid', message: /broken\.spec: Unknown protocol/ });
});

test('what nobody installed, leads out of the folders or is of another kind is not found, at once', async (t) => {
  const folders = foldersFor(t);
  await listening(t, join(folders.sockets[0]!, 'net.sock'), () => ({ text: '{}' }));
  const plugins = new Plugins(folders, silent);
  const start = performance.now();
  for (const name of ['absent', '../run/net', '.net', 'a/b', '']) {
    const call = plugins.named(name).call('NetworkDriver', 'GetCapabilities', {}, patient);
    await assert.rejects(call, { kind: 'not-found', message: `plugin "${name}" not found` });
  }
  await assert.rejects(plugins.named('net').expect('IpamDriver', patient), {
    kind: 'not-found',
    message: /Plugin does not implement the requested driver: plugin="net", requested implementation="IpamDriver"/,
  });
  assert.ok(performance.now() - start < 900, 'nothing was waited for');
});

test('the words of a plugin that refuses are shown, whatever their form', async (t) => {
  const folders = foldersFor(t);
  const answers: Record<string, Said> = {
    'NetworkDriver.Err': { status: 500, text: '{"Err":"no more tunnels"}' },
    'NetworkDriver.Text': { status: 400, text: 'bad request\n' },
    'NetworkDriver.Missing': { status: 404, text: '404 page not found' },
    'NetworkDriver.Html': { text: '<html>' },
    'NetworkDriver.Empty': { text: '' },
  };
  await listening(t, join(folders.sockets[0]!, 'p.sock'), (method) => answers[method]!);
  const plugin = new Plugins(folders, silent).named('p');
  const call = (verb: string): Promise<unknown> => plugin.call('NetworkDriver', verb, {}, patient);
  await assert.rejects(call('Err'), { kind: 'internal', message: 'NetworkDriver.Err: no more tunnels' });
  await assert.rejects(call('Text'), { kind: 'internal', message: 'NetworkDriver.Text: bad request' });
  await assert.rejects(call('Missing'), MissingMethod);
  await assert.rejects(call('Html'), { kind: 'internal', message: 'NetworkDriver.Html: not JSON: <html>' });
  assert.deepEqual(await call('Empty'), {});
});

test('a plugin that does not listen is asked again, found where it listens next, and given up in time', async (t) => {
  const folders = foldersFor(t);
  const spec = join(folders.specs[0]!, 'late.spec');
  const gone = await unusedPort();
  writeFileSync(spec, `tcp://127.0.0.1:${gone}`);
  const plugin = new Plugins(folders, silent).named('late');
  const refused = plugin.call('NetworkDriver', 'Join', {}, { retryMs: 1500, requestMs: 1000 });
  await assert.rejects(refused, (error: AppError) => {
    assert.equal(error.kind, 'internal');
    assert.match(error.message, /^plugin "late" at 127.0.0.1:\d+ does not answer NetworkDriver\.Join: .*ECONNREFUSED/);
    return true;
  });
  const { server } = await listening(t, 0, () => ({ text: '{}' }));
  setTimeout(() => writeFileSync(spec, `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`), 200);
  assert.deepEqual(await plugin.call('NetworkDriver', 'Join', {}, patient), {});
});

test('a plugin that takes the request and says nothing is given up after the time of one request', async (t) => {
  const folders = foldersFor(t);
  const mute = createTcpServer(() => {});
  await new Promise<void>((done) => mute.listen(join(folders.sockets[0]!, 'mute.sock'), done));
  t.after(() => mute.close());
  const plugin = new Plugins(folders, silent).named('mute');
  await assert.rejects(plugin.expect('NetworkDriver', { retryMs: 10_000, requestMs: 300 }), {
    kind: 'internal',
    message: /does not answer Plugin\.Activate: nothing within 0\.3 s/,
  });
});

async function unusedPort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
