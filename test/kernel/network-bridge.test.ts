import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containerId, NetworkLab, networkCreate } from '../lab/network-lab.ts';

const a = containerId('a');
const b = containerId('b');
const c = containerId('c');

test('the default network has its bridge, its address, and forwarding turned on with a notice', async (t) => {
  const lab = await NetworkLab.start(t);
  const [link] = lab.ipJson<{ addr_info: { local: string; prefixlen: number }[]; flags: string[] }>(
    'addr show docker0',
  );
  assert.deepEqual(
    link!.addr_info.filter(({ local }) => !local.includes(':')).map(({ local, prefixlen }) => `${local}/${prefixlen}`),
    ['172.17.0.1/16'],
  );
  assert.ok(link!.flags.includes('UP'));
  assert.equal(
    lab.ipJson('link show docker0')[0]!['ifalias'],
    `portolan-lab:network:${lab.network.network('bridge').id}`,
  );
  assert.equal(lab.run('sysctl', '-n', 'net.ipv4.ip_forward').trim(), '1');
  assert.equal(lab.notices.length, 1);
  assert.match(lab.nft('list', 'set', 'inet', 'portolan-lab', 'bridges'), /docker0/);
});

test('two containers of one network reach each other, a third on another network does not', async (t) => {
  const lab = await NetworkLab.start(t);
  await lab.network.createNetwork(networkCreate('isolated_nw'));
  await lab.up(a, ['bridge']);
  await lab.up(b, ['bridge']);
  await lab.up(c, ['isolated_nw']);
  assert.equal(lab.address(a, 'bridge'), '172.17.0.2');
  assert.equal(lab.address(b, 'bridge'), '172.17.0.3');
  assert.equal(lab.address(c, 'isolated_nw'), '172.18.0.2');
  assert.ok(lab.pings(a, '172.17.0.3'));
  assert.ok(lab.pings(c, '172.18.0.1'));
  assert.ok(!lab.pings(c, '172.17.0.2'));
  assert.ok(!lab.pings(a, '172.18.0.2'));
});
