import { hasCode, SysError } from '../../base/index.ts';
import { linkMessage } from '../../netlink/rt/link-message.ts';
import type { PlannedLink } from '../plan/types.ts';
import type { Namespace } from './namespace.ts';
import { linkRefusal } from './refusals.ts';

/**
 * Throws as a link of this kind would at its birth, where the kernel has none. It is asked for one without a parent: a
 * kernel that knows the kind, or has just loaded its module, refuses that with EINVAL and changes nothing.
 */
export async function expectKind({ route }: Namespace, kind: NonNullable<PlannedLink['bears']>): Promise<void> {
  const name = 'portolan-probe';
  try {
    await route.requestAsync(linkMessage({ name, kind: kind.type }));
  } catch (error) {
    if (hasCode(error, 'EINVAL')) return;
    throw (error instanceof SysError && linkRefusal({ name, owner: '', kind }, error)) || error;
  }
}
