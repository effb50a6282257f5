import type { Body, State } from './state.ts';

/** The IpamDriver half: /24 after /24 of 10.77.0.0/16, or the pool that was asked for. */
export function addresses(state: State): Record<string, (body: Body) => object> {
  const poolOf = (id: string): State['pools'][string] => {
    const pool = state.pools[id];
    if (pool === undefined) throw new Error(`pool ${id} is not known to the plugin`);
    return pool;
  };
  const next = (taken: readonly string[], base: string): string => {
    for (let n = 1; n < 255; n++) if (!taken.includes(`${base}.${n}`)) return `${base}.${n}`;
    throw new Error('no address is left');
  };
  return {
    'IpamDriver.GetCapabilities': () => ({ RequiresMACAddress: true, RequiresRequestReplay: state.forgets }),
    'IpamDriver.GetDefaultAddressSpaces': () => ({
      LocalDefaultAddressSpace: 'PluginLocal',
      GlobalDefaultAddressSpace: 'PluginGlobal',
    }),
    'IpamDriver.RequestPool': ({ Pool, Options }) => {
      if (Options?.fail === 'RequestPool') throw new Error('RequestPool fails as asked');
      const used = Object.values(state.pools).map(({ subnet }) => subnet);
      let number = 0;
      while (used.includes(`10.77.${number}.0/24`)) number++;
      const subnet = Pool || `10.77.${number}.0/24`;
      const id = `PluginLocal/${subnet}`;
      if (state.pools[id] !== undefined) throw new Error(`pool ${subnet} is taken`);
      state.pools[id] = { subnet, taken: [], ...(Options?.slow ? { slow: Options.slow } : {}) };
      return { PoolID: id, Pool: subnet, Data: {} };
    },
    'IpamDriver.ReleasePool': ({ PoolID }) => {
      const { taken } = poolOf(PoolID);
      if (taken.length > 0) throw new Error(`pool ${PoolID} still has ${taken.join(', ')}`);
      delete state.pools[PoolID];
      return {};
    },
    'IpamDriver.RequestAddress': ({ PoolID, Address, Options }) => {
      const pool = poolOf(PoolID);
      const isGateway = Options?.RequestAddressType === 'com.docker.network.gateway';
      if (!isGateway && !Address && !Options?.['com.docker.network.endpoint.macaddress']) {
        throw new Error('a hardware address is wanted');
      }
      const [base = '', prefix] = [pool.subnet.split('.').slice(0, 3).join('.'), pool.subnet.split('/')[1]];
      const address: string = Address || next(pool.taken, base);
      if (pool.taken.includes(address)) throw new Error(`address ${address} is taken`);
      pool.taken.push(address);
      return { Address: `${address}/${prefix}`, Data: {} };
    },
    'IpamDriver.ReleaseAddress': ({ PoolID, Address }) => {
      const pool = poolOf(PoolID);
      if (!pool.taken.includes(Address)) throw new Error(`address ${Address} is not taken`);
      pool.taken = pool.taken.filter((one) => one !== Address);
      return {};
    },
  };
}
