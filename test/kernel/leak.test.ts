import assert from 'node:assert/strict';
import { addBridge, addVeth, deleteLinkAsync, listLinks } from '../../src/netlink/rt/link.ts';
import { heldDescriptors, kernelTest, openHost } from './fixture.ts';

const rounds = 200;

kernelTest(`${rounds} sandboxes leave no link, namespace or descriptor`, async ({ rt, nft, run }) => {
  const bridge = addBridge(rt, { name: 'br0', up: true });
  nft.run('add table inet t; add set inet t names { type ifname; }');
  const before = heldDescriptors();
  for (let i = 0; i < rounds; i++) {
    using inner = openHost();
    const index = addVeth(rt, {
      name: `v${i}`,
      masterIndex: bridge,
      up: true,
      peer: { name: 'eth0', netnsFd: inner.fd },
    });
    nft.run(`add element inet t names { "v${i}" }`);
    if (i % 50 === 0) await deleteLinkAsync(rt, index);
    nft.run(`delete element inet t names { "v${i}" }`);
  }
  await linksGone();
  assert.deepEqual(heldDescriptors(), before);
  assert.equal(run('ip', 'netns', 'list-id').trim(), '', 'namespaces that this one still has a number for');
  assert.doesNotMatch(run('nft', 'list', 'set', 'inet', 't', 'names'), /elements/);

  /** The kernel takes a namespace down, and the far ends with it, in its own time. */
  async function linksGone(): Promise<void> {
    for (let wait = 0; wait < 400 && listLinks(rt, { masterIndex: bridge }).length > 0; wait++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.deepEqual(
      listLinks(rt).map(({ name }) => name),
      ['lo', 'br0'],
    );
  }
});
