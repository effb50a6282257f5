import type { Chain } from './chains.ts';
import { drop } from './drops.ts';

/** No route is of this class: with it every route compares, and finds itself another. */
const none = 0xffff_ffff;

/**
 * Frames between two containers of a network that keeps them apart: those that the kernel has not shown to the `forward`
 * chain of packets are dropped. With br_netfilter it shows them; only so a published port of one container can be
 * translated for another within their bridge, which isolated ports of the bridge would not let by. A frame that was
 * shown has got a route, if only a made-up one, and one from a container's veth comes without: `rtclassid` is of the
 * route, and without one nothing compares with it.
 */
export const frameChains: readonly Chain[] = [
  { name: 'between', rules: [`meta rtclassid != ${none} return`, drop('apart')] },
  {
    name: 'frames',
    hook: 'filter hook forward priority filter',
    rules: ['iifname @kept oifname @kept jump between'],
  },
];
