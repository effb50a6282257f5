import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type NetworkOptions, networking, parseNetwork } from './networks.ts';

const nothing: NetworkOptions = {
  networks: [],
  aliases: [],
  ip: '',
  ip6: '',
  linkLocalIps: [],
  macAddress: '',
  links: [],
};

test('parseNetwork() refuses fields that it does not know, and settings without a network', () => {
  assert.throws(() => parseNetwork('name=a,color=red'), { message: 'invalid field key color' });
  assert.throws(() => parseNetwork('alias=a'), { message: 'network name/id is not specified' });
  assert.throws(() => parseNetwork('name=a,gw-priority=x'), { message: 'invalid gw-priority: x' });
});

test('networking() refuses aliases on the default network', () => {
  assert.throws(() => networking({ ...nothing, aliases: ['x'] }), {
    message: 'network-scoped aliases are only supported for user-defined networks',
  });
});

test('networking() refuses an address that is given twice', () => {
  const networks = [parseNetwork('name=a,ip=10.0.0.2')];
  assert.throws(() => networking({ ...nothing, networks, ip: '10.0.0.3' }), {
    message: 'conflicting options: cannot specify both --ip and per-network ip',
  });
});

test('networking() gives the plain options to the first network only', () => {
  const networks = [parseNetwork('shop'), parseNetwork('name=back,alias=b')];
  const { mode, endpoints } = networking({ ...nothing, networks, aliases: ['a'], links: ['db'] });
  assert.equal(mode, 'shop');
  assert.deepEqual(endpoints, { shop: { Aliases: ['a'], Links: ['db'] }, back: { Aliases: ['b'] } });
});
