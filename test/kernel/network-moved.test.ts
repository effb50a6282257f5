import assert from 'node:assert/strict';
import { Mark } from '../../src/network/reconcile/mark.ts';
import { moveIn, moveOut } from '../../src/network/reconcile/moves.ts';
import { Namespace } from '../../src/network/reconcile/namespace.ts';
import { kernelTest, openHost } from './fixture.ts';

kernelTest('a link moves into a namespace under another name, marked, and back as it was', async (host) => {
  using inside = openHost();
  using hosts = new Namespace(host.fd);
  using sandboxes = new Namespace(inside.fd);
  const mark = new Mark('lab');
  host.run('ip', 'link', 'add', 'plug0', 'type', 'veth', 'peer', 'name', 'far0');
  host.run('ip', 'link', 'set', 'plug0', 'up');
  // The name outside is taken inside: the move must not depend on it.
  inside.run('ip', 'link', 'add', 'plug0', 'type', 'bridge');
  const kind = { type: 'moved', source: 'plug0' } as const;
  const link = { name: 'eth0', owner: 'endpoint:e', mac: '02:00:00:00:00:09', mtu: 1400, kind };

  await moveIn(hosts, sandboxes, link, mark);
  assert.deepEqual(
    host.ip('link', 'show').map(({ ifname }) => ifname),
    ['lo', 'far0'],
  );
  const [moved] = inside.ip('link', 'show', 'dev', 'eth0');
  assert.equal(moved!['ifalias'], 'lab:endpoint:e from plug0');
  assert.equal(moved!['address'], '02:00:00:00:00:09');
  assert.equal(moved!['mtu'], 1400);
  assert.ok((moved!['flags'] as string[]).includes('UP'));

  const guest = { name: 'eth0', source: 'plug0', owner: 'endpoint:e' };
  await moveOut(hosts, sandboxes, { ...guest, owner: 'endpoint:other' }, mark);
  assert.equal(inside.ip('link', 'show', 'dev', 'eth0').length, 1, 'not another owner’s');
  await moveOut(hosts, sandboxes, guest, mark);
  const [back] = host.ip('link', 'show', 'dev', 'plug0');
  assert.equal(back!['ifalias'], undefined);
  assert.equal(back!['group'], 'default');
  assert.ok(!(back!['flags'] as string[]).includes('UP'));
  await moveOut(hosts, sandboxes, guest, mark);

  await assert.rejects(moveIn(hosts, sandboxes, { ...link, kind: { type: 'moved', source: 'none0' } }, mark), {
    code: 'ENODEV',
  });
});
