import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { networkRecord } from '../../test/fixture/records.ts';
import type { NetworkRecord } from '../store/records.ts';
import { checkConfiguration, refuseConfigurationInUse, withConfiguration } from './config-only.ts';
import { settled } from './defaults.ts';
import type { NetworkCreate } from './types.ts';

const asked = (more: Partial<NetworkCreate> = {}): NetworkCreate => ({
  name: 'net',
  driver: '',
  ipv4: undefined,
  ipv6: undefined,
  internal: false,
  attachable: false,
  ipam: { driver: '', options: {}, pools: [] },
  options: {},
  labels: {},
  ...more,
});
const configuration = networkRecord({
  id: 'c'.repeat(64),
  name: 'conf',
  driver: 'null',
  ipv6: true,
  ipam: { driver: 'default', options: {}, pools: [{ subnet: '10.9.0.0/24', gateway: '10.9.0.9', automatic: false }] },
  options: { 'com.docker.network.driver.mtu': '1400' },
  labels: { a: 'b' },
  configOnly: true,
});
const ordinary: NetworkRecord = { ...configuration, id: 'o'.repeat(64), name: 'plain', configFrom: 'conf' };
const { configOnly: _, ...plain } = ordinary;
const networks = [configuration, plain];

describe('checkConfiguration() refuses', () => {
  const operator =
    'configuration network can only contain network specific fields. Network operator fields like [ ingress | internal | attachable | scope ] are not supported.';
  for (const [name, change, message] of [
    ['internal', { internal: true }, operator],
    ['attachable', { attachable: true }, operator],
    ['a scope', { scope: 'global' }, operator],
    [
      'a configuration of its own',
      { configFrom: 'conf' },
      'a configuration network cannot depend on another configuration network',
    ],
  ] as const) {
    test(name, () => assert.throws(() => checkConfiguration(asked(change)), { kind: 'forbidden', message }));
  }
});

test('withConfiguration() takes addresses, options, labels and IPv6 from the configuration', () => {
  const made = withConfiguration(asked({ configFrom: 'conf', driver: 'bridge', internal: true }), networks);
  assert.deepEqual(made.ipam.pools, [{ subnet: '10.9.0.0/24', gateway: '10.9.0.9' }]);
  assert.deepEqual([made.options, made.labels, made.ipv6], [configuration.options, configuration.labels, true]);
  assert.deepEqual([made.name, made.driver, made.internal], ['net', 'bridge', true]);
  const without = asked();
  assert.equal(withConfiguration(without, networks), without);
});

describe('withConfiguration() refuses', () => {
  const settings = 'user-specified configurations are not supported if the network depends on a configuration network';
  const options = 'network driver options are not supported if the network depends on a configuration network';
  for (const [name, change, kind, message] of [
    ['a subnet', { ipam: { driver: '', options: {}, pools: [{ subnet: '10.1.0.0/24' }] } }, 'forbidden', settings],
    ['labels', { labels: { x: 'y' } }, 'forbidden', settings],
    ['IPv6', { ipv6: true }, 'forbidden', settings],
    ['options', { options: { x: 'y' } }, 'forbidden', options],
    ['what is not there', { configFrom: 'nope' }, 'not-found', 'configuration network "nope" does not exist'],
    [
      'what is no configuration',
      { configFrom: 'plain' },
      'forbidden',
      'network "plain" is not a configuration network',
    ],
  ] as const) {
    test(name, () =>
      assert.throws(() => withConfiguration(asked({ configFrom: 'conf', ...change }), networks), { kind, message }),
    );
  }
});

test('refuseConfigurationInUse() names who was made from it', () => {
  const message = 'configuration network "conf" is in use (by network plain)';
  assert.throws(() => refuseConfigurationInUse(configuration, networks), { kind: 'forbidden', message });
  assert.doesNotThrow(() => refuseConfigurationInUse(configuration, [configuration]));
  assert.doesNotThrow(() => refuseConfigurationInUse(plain, networks));
});

describe('settled()', () => {
  const key = 'com.docker.network.enable_ipv6';
  for (const [name, change, defaults, ipv6, shown] of [
    ['is IPv4 alone unless asked', {}, {}, false, undefined],
    ['takes the option, which stays', { options: { [key]: 'true' } }, {}, true, 'true'],
    [
      'takes the field before the option, which goes',
      { ipv6: false, options: { [key]: 'true' } },
      {},
      false,
      undefined,
    ],
    ['takes the default option of the driver', {}, { bridge: { [key]: '1' } }, true, '1'],
    ['takes the own option before the default', { options: { [key]: '0' } }, { bridge: { [key]: '1' } }, false, '0'],
    ['leaves defaults of other drivers alone', { driver: 'macvlan' }, { bridge: { [key]: '1' } }, false, undefined],
    [
      'gives no defaults to what has a configuration',
      { configFrom: 'conf' },
      { bridge: { [key]: '1' } },
      false,
      undefined,
    ],
  ] as const) {
    test(name, () => {
      const made = settled(asked(change), { defaultNetworkOptions: defaults });
      assert.deepEqual([made.ipv4, made.ipv6, made.options[key]], [true, ipv6, shown]);
    });
  }

  test('refuses an option that is no truth value', () => {
    const message = 'driver-opt "com.docker.network.enable_ipv6" is not a valid bool';
    assert.throws(() => settled(asked({ options: { [key]: 'maybe' } }), {}), { kind: 'invalid', message });
  });
});
