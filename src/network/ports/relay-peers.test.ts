import assert from 'node:assert/strict';
import { test } from 'node:test';
import { relayTo } from './relay-peers.ts';

const both = { ipv4: '192.0.2.2', ipv6: '2001:db8::2' };
const only4 = { ipv4: '192.0.2.2' };

test('relayTo() serves the host itself, over IPv6 where the container has it', () => {
  for (const client of ['::1', '::ffff:127.0.0.1', '::ffff:127.1.2.3']) {
    assert.equal(relayTo(client, both), both.ipv6);
    assert.equal(relayTo(client, only4), only4.ipv4);
    assert.equal(relayTo(client, {}), undefined);
  }
});

test('relayTo() serves link-local neighbours only of a container with IPv6', () => {
  for (const client of ['fe80::1%eth0', 'FEBF::1']) {
    assert.equal(relayTo(client, both), both.ipv6);
    assert.equal(relayTo(client, only4), undefined);
  }
});

test('relayTo() serves nobody else: a relay would hide who asks', () => {
  for (const client of ['2001:db8::99', '::ffff:192.0.2.77', 'fec0::1', '']) {
    assert.equal(relayTo(client, both), undefined);
    assert.equal(relayTo(client, only4), undefined);
  }
});
