export { AddressPool, hasAddresses, type PoolCount } from './address-pool.ts';
export { BlockIndex } from './block-index.ts';
export { choosePool, type PoolChoice } from './choose-pool.ts';
export { defaultPools4, localPools6 } from './default-pools.ts';
export { Gaps } from './gaps.ts';
export { type AddressingRequest, configuredPools, planPools } from './plan-pools.ts';
export type { AddressSpace, Holder, Holdings, PoolRange, PoolRequest } from './types.ts';
export { checkIpamConfig, type Families } from './validate.ts';
