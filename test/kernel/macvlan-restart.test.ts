import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containerId, endpoint } from '../lab/network-lab.ts';
import { macvlan, refused, startPlugged } from './macvlan-lab.ts';

const a = containerId('a');
const b = containerId('b');

for (const mode of ['passthru', 'bridge']) {
  test(`${mode}: killed while a container ended, the next one has its place as soon as it is free`, async (t) => {
    const { lab, far } = await startPlugged(t);
    await lab.network.createNetwork(macvlan('lan', { macvlan_mode: mode }));
    const asked = endpoint({ ipv4: '192.0.2.150', mac: '02:42:00:00:00:99' });
    await lab.network.connect(a, 'lan', asked);
    await lab.network.sandboxUp(lab.sandbox(a));
    for (let round = 0; round < 3; round++) {
      // The namespace has no record: the start takes it away, and the kernel takes its time for the links in it.
      lab.killHalfway(a);
      await lab.restart();
      await lab.network.sandboxUp(lab.sandbox(a));
      assert.ok(far.pings('192.0.2.150'), `round ${round}`);
    }
    assert.deepEqual(lab.mends, []);
    assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
  });
}

test('what stays in the way is refused after a while, and leaves nothing', async (t) => {
  const { lab, far } = await startPlugged(t);
  await lab.network.createNetwork(macvlan('lan'));
  const asked = endpoint({ mac: '02:42:00:00:00:99' });
  await lab.network.connect(a, 'lan', asked);
  await lab.network.sandboxUp(lab.sandbox(a));
  await lab.network.connect(b, 'lan', asked);
  await assert.rejects(
    lab.network.sandboxUp(lab.sandbox(b)),
    refused('conflict', /^failed to create the macvlan port: .*the hardware address is somebody's on eth0 already/),
  );
  assert.equal(lab.network.sandboxOf(b), undefined);
  assert.ok(far.pings(lab.address(a, 'lan')));
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
});
