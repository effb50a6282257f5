import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { silent } from '../../../base/index.ts';
import type { Pool } from '../../../store/records.ts';
import { Plugins } from '../../plugins/index.ts';
import { type RemotePoolsRequest, requestPools } from './pools.ts';
import { RemoteIpam } from './remote-ipam.ts';

type Answers = Readonly<Record<string, (body: Record<string, string>) => object>>;
type Asked = { readonly ipam: RemoteIpam; readonly methods: string[] };

/** A plugin that answers by method; 404 where it has none. */
async function plugged(t: TestContext, answers: Answers): Promise<Asked> {
  const dir = mkdtempSync(join(tmpdir(), 'portolan-ipam-'));
  const methods: string[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const method = request.url!.replace(/^\/(IpamDriver\.)?/, '');
    if (method === 'Plugin.Activate') return void response.end('{"Implements":["IpamDriver"]}');
    methods.push(method);
    const answer = answers[method];
    if (answer === undefined) return void response.writeHead(404).end();
    response.end(JSON.stringify(answer(JSON.parse(text))));
  });
  await new Promise<void>((done) => server.listen(join(dir, 'p.sock'), done));
  t.after(() => {
    server.close();
    rmSync(dir, { recursive: true, force: true });
  });
  return { ipam: new RemoteIpam(new Plugins({ sockets: [dir], specs: [] }, silent).named('p'), () => []), methods };
}

const spaces = { GetDefaultAddressSpaces: () => ({ LocalDefaultAddressSpace: 'here' }) };
const wanted = (more: Partial<RemotePoolsRequest> = {}): RemotePoolsRequest => ({
  ipv4: true,
  ipv6: false,
  pools: [],
  options: {},
  excluded: () => undefined,
  withoutGateway: [],
  note: () => {},
  refused: () => {},
  ...more,
});

test('a plugin without GetCapabilities wants no hardware addresses, and is told nothing again', async (t) => {
  const { ipam } = await plugged(t, {
    RequestAddress: ({ Options }) => ({ Address: '10.9.0.5/24', Error: Options && '' }),
  });
  assert.deepEqual(await ipam.capabilities(), { wantsMac: false, forgets: false });
  assert.equal(await ipam.requestAddress('pool', undefined, '02:00:00:00:00:01'), '10.9.0.5/24');
});

test('a gateway that comes with the pool is not requested; a driver that needs none gets none', async (t) => {
  const { ipam, methods } = await plugged(t, {
    ...spaces,
    RequestPool: ({ Pool: pool }) => ({
      PoolID: 'p',
      Pool: pool || '10.9.0.0/24',
      Data: pool === '' ? { 'com.docker.network.gateway': '10.9.0.254/24' } : {},
    }),
  });
  const [given] = await requestPools(ipam, wanted());
  assert.equal(given!.gateway, '10.9.0.254');
  const [bare] = await requestPools(ipam, wanted({ pools: [{ subnet: '10.8.0.0/24' }], withoutGateway: [4] }));
  assert.equal(bare!.gateway, undefined);
  assert.ok(!methods.includes('RequestAddress'));
});

test('what was given is told at each step; what overlaps is kept aside until one fits, and given back', async (t) => {
  let number = 0;
  const released: unknown[] = [];
  const { ipam } = await plugged(t, {
    ...spaces,
    RequestPool: () => {
      number++;
      return { PoolID: `p${number}`, Pool: `10.${number}.0.0/24` };
    },
    RequestAddress: ({ Address }) => ({ Address: `${Address || '10.3.0.1'}/24` }),
    ReleasePool: ({ PoolID }) => {
      released.push(PoolID);
      return {};
    },
  });
  const told: string[] = [];
  const note = (pools: readonly Pool[]): void =>
    void told.push(pools.map(({ remote, gateway = '-' }) => `${remote!.id} ${gateway}`).join(', '));
  const excluded = (subnet: unknown): string | undefined => (`${subnet}` === '10.3.0.0/24' ? undefined : 'other');
  await requestPools(ipam, wanted({ note, excluded }));
  assert.deepEqual(told, ['p1 -', 'p1 -, p2 -', 'p1 -, p2 -, p3 -', 'p2 -, p3 -', 'p3 -', 'p3 10.3.0.1']);
  assert.deepEqual(released, ['p1', 'p2']);
});

test('a pool of everything is in nobody’s way', async (t) => {
  const { ipam } = await plugged(t, { ...spaces, RequestPool: () => ({ PoolID: 'all', Pool: '0.0.0.0/0' }) });
  const pools = await requestPools(ipam, wanted({ excluded: () => 'every network', withoutGateway: [4] }));
  assert.deepEqual(
    pools.map(({ subnet }) => subnet),
    ['0.0.0.0/0'],
  );
});
