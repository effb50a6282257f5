import assert from 'node:assert/strict';
import { test } from 'node:test';
import { announcementsOf, checkNetworkOptions } from './network-options.ts';

const count = 'com.docker.network.advertise_addr_nmsgs';
const interval = 'com.docker.network.advertise_addr_ms';

test('announcementsOf() is three a second apart, or as the options say', () => {
  assert.deepEqual(announcementsOf({}), { count: 3, intervalMs: 1000 });
  assert.deepEqual(announcementsOf({ [count]: '0', [interval]: '100' }), { count: 0, intervalMs: 100 });
});

for (const { options, message } of [
  { options: { [count]: '4' }, message: `${count} must be in the range 0 to 3` },
  { options: { [count]: '-1' }, message: `${count} must be in the range 0 to 3` },
  { options: { [count]: 'many' }, message: `value for option ${count} "many" must be an integer` },
  { options: { [interval]: '99' }, message: `${interval} must be in the range 100 to 2000` },
  {
    options: { [interval]: 'nonsense' },
    message: `value for option ${interval} "nonsense" must be integer milliseconds`,
  },
  {
    options: { [count]: '', [interval]: '2001' },
    message: `value for option ${count} "" must be an integer\n${interval} must be in the range 100 to 2000`,
  },
]) {
  test(`checkNetworkOptions() refuses ${JSON.stringify(options)}`, () => {
    assert.throws(() => checkNetworkOptions({ options }), { kind: 'invalid', message });
  });
}
