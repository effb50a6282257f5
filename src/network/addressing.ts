import { Cidr, isIp } from '../base/index.ts';
import type { Pool } from '../store/records.ts';
import type { Core } from './core.ts';
import {
  type AddressingRequest,
  type AddressSpace,
  BlockIndex,
  defaultPools4,
  Gaps,
  localPools6,
  planPools,
} from './ipam/index.ts';

/** Where the pools of new networks come from. */
export class Addressing {
  readonly #core: Core;
  readonly #gaps: Gaps;

  constructor(core: Core) {
    this.#core = core;
    this.#gaps = new Gaps([core.records.subnets, core.hostRoutes.onLink]);
  }

  /** Pools as asked for, or free ones: not another network's, and not what the host reaches by a route. */
  choosePools(request: AddressingRequest): readonly Pool[] {
    return planPools(request, this.#addressSpace());
  }

  #addressSpace(): AddressSpace {
    const { records, options, hostRoutes, nameServers } = this.#core;
    const given = options.defaultAddressPools ?? [];
    const pools6 = given.filter(({ base }) => base.family === 6);
    const pools4 = given.filter(({ base }) => base.family === 4);
    return {
      taken: records.subnets,
      gaps: this.#gaps,
      reserved: [BlockIndex.of(nameServers().flatMap(asBlock))],
      avoided: [hostRoutes.now().beyond],
      pools4: pools4.length > 0 ? pools4 : defaultPools4,
      pools6: pools6.length > 0 ? pools6 : localPools6(options.hostId ?? options.table),
    };
  }
}

/** Of one address; none of what is no address, as one with a zone. */
const asBlock = (address: string): readonly (readonly [Cidr, undefined])[] =>
  isIp(address) && !address.includes('%')
    ? [[Cidr.parse(`${address}/${address.includes(':') ? 128 : 32}`), undefined]]
    : [];
