import { messageOf } from '../../base/index.ts';
import type { NetworkRecord } from '../../store/records.ts';
import type { Core } from '../core.ts';
import { Unreachable } from '../plugins/index.ts';
import { isRemoteIpam } from './ipams.ts';

/**
 * After a start: takes away networks that plugins were making, or forgetting, when the engine ended, by `remove`, which
 * is told their ids. One whose plugin does not answer stays, unseen. Never throws.
 */
export async function removeUnfinished(core: Core, remove: (id: string) => Promise<unknown>): Promise<void> {
  const { records, log } = core;
  for (const network of records.networks().filter(({ unfinished }) => unfinished === true)) {
    try {
      if (await isHeard(core, network)) await remove(network.id);
      else log.warn(`network ${network.name}: ${absence}`);
    } catch (error) {
      log.warn(`network ${network.name}: ${messageOf(error)}`);
    }
  }
}

const absence =
  'it was being made or removed when the engine ended, and its plugin does not answer: ' +
  'that is told at the next start, or when its name is used again';

/** Whether the plugins that a network is made of can be told of it now. Waits for those that are being started. */
async function isHeard({ drivers, ipams }: Core, network: NetworkRecord): Promise<boolean> {
  try {
    await drivers.get(network.driver).external?.scope();
    if (isRemoteIpam(network)) await ipams.named(network.ipam.driver).capabilities();
    return true;
  } catch (error) {
    if (error instanceof Unreachable) return false;
    throw error;
  }
}
