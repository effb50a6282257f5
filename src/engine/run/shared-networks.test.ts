import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedNetworks } from './shared-networks.ts';

test('SharedNetworks: a network is held until the last one leaves', () => {
  const shares = new SharedNetworks();
  shares.join('owner', 'a');
  shares.join('owner', 'b');
  assert.equal(shares.leave('a'), 'owner');
  assert.equal(shares.held('owner'), true);
  assert.equal(shares.leave('b'), 'owner');
  assert.equal(shares.held('owner'), false);
});

test('SharedNetworks: leaving twice is leaving once, and who joins anew holds one network only', () => {
  const shares = new SharedNetworks();
  shares.join('old', 'a');
  shares.join('new', 'a');
  assert.equal(shares.held('old'), false);
  assert.equal(shares.leave('a'), 'new');
  assert.equal(shares.leave('a'), undefined);
});
