import type { Driver } from '../../driver.ts';
import { emptyPlan } from '../../plan/merge.ts';

/** Containers use the namespace of the engine itself: there is nothing to build. */
export const hostDriver = (): Driver => ({
  name: 'host',
  singleton: true,
  addressed: false,
  check: () => {},
  warnings: () => [],
  planNetwork: () => emptyPlan,
  planEndpoint: () => emptyPlan,
  gateway: () => undefined,
  hostBinding: () => undefined,
  translates: () => false,
  interfaceName: () => ({ prefix: 'eth', wanted: undefined }),
});
