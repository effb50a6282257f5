import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkRecord } from '../../test/fixture/records.ts';
import { Log, SysError } from '../base/index.ts';
import type { RouteConnection } from '../netlink/connection.ts';
import type { KernelChange } from '../netlink/watch.ts';
import { macvlanDriver } from './drivers/macvlan/index.ts';
import type { HostListener } from './host-watch.ts';
import { ParentWatch } from './parent-watch.ts';

test('ParentWatch asks the kernel only about parents of networks, and only when something became of them', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const driver = macvlanDriver();
  const networks = ['eth7', 'eth8'].map((parent, i) =>
    networkRecord({ id: `${i}`.repeat(64), name: `on-${parent}`, driver: 'macvlan', options: { parent } }),
  );
  let asked = 0;
  let listener: HostListener | undefined;
  const lines: string[] = [];
  // A kernel that has no links at all.
  const request = (): never => {
    asked++;
    throw new SysError('RTM_GETLINK', 19, 'ENODEV');
  };
  using watch = new ParentWatch({
    hostWatch: {
      listen: (one) => {
        listener = one;
        return { [Symbol.dispose]: () => {} };
      },
    },
    records: { networks: () => networks },
    drivers: { get: () => driver },
    planner: { network: (network) => driver.planNetwork(network) },
    reconciler: { host: { route: { request } as unknown as RouteConnection } },
    log: new Log('warn', (line) => lines.push(line)),
    repair: async () => {},
  });
  const gone = (name: string): void => {
    const change = { kind: 'link', gone: true, index: 1, up: false, read: () => ({ name }) };
    listener!.onChange(change as KernelChange);
    t.mock.timers.tick(300);
  };
  assert.equal(asked, 2, 'each once at the start');
  assert.match(watch.warnings().join('\n'), /^network on-eth7 has lost .*\nnetwork on-eth8 has lost /);
  gone('veth1');
  assert.equal(asked, 2);
  gone('eth8');
  assert.equal(asked, 3);
  listener!.onLost();
  t.mock.timers.tick(300);
  assert.equal(asked, 5);
  assert.deepEqual(lines, [], 'what was lost before is not told again');
});
