import type { Driver } from '../../driver.ts';
import { emptyPlan } from '../../plan/merge.ts';

/** Containers have a namespace with its loopback and nothing else. The driver of network `none` is called `null`. */
export const noneDriver = (): Driver => ({
  name: 'null',
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
