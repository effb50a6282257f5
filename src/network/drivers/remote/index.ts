import type { Driver } from '../../driver.ts';
import { emptyPlan } from '../../plan/merge.ts';
import type { Plugin } from '../../plugins/index.ts';
import { RemoteCalls } from './calls.ts';
import { planRemoteEndpoint, remoteGateway } from './plan.ts';

/** Networks that a plugin makes: see README.md. Plans come from what it answered, without calling it. */
export const remoteDriver = (plugin: Plugin): Driver => ({
  name: plugin.name,
  singleton: false,
  addressed: true,
  external: new RemoteCalls(plugin),
  check: () => {},
  warnings: () => [],
  planNetwork: () => emptyPlan,
  planEndpoint: planRemoteEndpoint,
  gateway: remoteGateway,
  hostBinding: () => undefined,
  // The plugin publishes ports, when it is told that an endpoint leads out, and says of none what became of it.
  translates: () => false,
  publishes: false,
  interfaceName: () => ({ prefix: 'eth', wanted: undefined }),
});
