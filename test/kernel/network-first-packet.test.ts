import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { availableParallelism, release } from 'node:os';
import { test } from 'node:test';
import { RouteConnection } from '../../src/netlink/connection.ts';
import { type Link, listLinks } from '../../src/netlink/rt/link.ts';
import { endpoint, NetworkLab, networkCreate } from '../lab/network-lab.ts';

/** BR_STATE_FORWARDING, <linux/if_bridge.h>. */
const forwarding = 3;

const [major = 0, minor = 0] = release().split('.').map(Number);
const notices = major > 6 || (major === 6 && minor >= 8);
const skip = notices
  ? false
  : `kernel ${release()} notices a carrier when it gets to it, whoever asks (6.8 does at once)`;

test('the first packet of a container and the first to it pass, however many come up at once', { skip }, async (t) => {
  const lab = await NetworkLab.start(t);
  await lab.network.createNetwork(networkCreate('own', { options: { 'com.docker.network.bridge.name': 'br-own' } }));
  const ids = Array.from({ length: 12 }, (_, i) => i.toString(16).padStart(2, '0').repeat(32));
  for (const id of ids) await lab.network.connect(id, 'own', endpoint());
  // A kernel that has nothing else to do notices at once by itself.
  const busy = Array.from({ length: 2 * availableParallelism() }, () => spawn('sh', ['-c', 'while :; do :; done']));
  t.after(() => {
    for (const one of busy) one.kill('SIGKILL');
  });
  using rt = RouteConnection.open(openSync(lab.netnsPath, 'r'));
  await Promise.all(
    ids.map(async (id) => {
      await lab.network.sandboxUp(lab.sandbox(id));
      // A list: to ask for one link would make the kernel look at it.
      const links = new Map<string, Link>(listLinks(rt).map((link) => [link.name, link]));
      const port = links.get(lab.network.endpointsOf(id)[0]!.lease!.hostInterface)!;
      assert.deepEqual([port.operState, port.bridgePort?.state], ['up', forwarding]);
      assert.equal(links.get('br-own')!.operState, 'up');
    }),
  );
});
