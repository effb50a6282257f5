import { shortId } from '../base/index.ts';
import type { Core } from './core.ts';
import type { NftElement } from './plan/types.ts';
import { type Change, host, type Operation } from './reconcile/operations.ts';
import type { Records } from './records.ts';
import type { RepairReport } from './types.ts';

/** Makes the kernel agree with all records, and tells what of it was found otherwise. */
export async function agree({ reconciler, planner, records, left }: Core): Promise<RepairReport> {
  const going = new Set<string>();
  const changes = await reconciler.reconcile(() => {
    for (const name of left.names()) going.add(name);
    return planner.everything();
  });
  return reportOf(changes, records, going);
}

/** What changes did, one line each, with names instead of ids. Links that were `going` by themselves are left out. */
function reportOf(changes: readonly Change[], records: Records, going: ReadonlySet<string>): RepairReport {
  const operations = changes
    .flatMap((change) => change.operations)
    .filter(
      (operation) => !(operation.verb === 'delete-link' && operation.where === host && going.has(operation.name)),
    );
  const told = operations.map((operation) => ({ gone: /^(delete|return)-/.test(operation.verb), operation }));
  const text = (operation: Operation): string => describe(operation, records);
  return {
    restored: [
      ...told.filter(({ gone, operation }) => !gone && !follows(operation)).map((one) => text(one.operation)),
      ...changes.flatMap(({ elements }) => elements.add.map((element) => `added ${rule(element, records)}`)),
    ],
    removed: [
      ...told.filter(({ gone }) => gone).map((one) => text(one.operation)),
      ...changes.flatMap(({ elements }) => elements.remove.map((element) => `removed ${rule(element, records)}`)),
    ],
  };
}

/** Steps that belong to others, which are told. */
const follows = ({ verb }: Operation): boolean => verb === 'announce' || verb === 'open-port';

function describe(operation: Operation, records: Records): string {
  const by = (owner: string): string => ownerName(owner, records);
  switch (operation.verb) {
    case 'require-link':
      return `found link ${operation.link.name} (${by(operation.link.owner)})`;
    case 'create-link':
      return `added link ${operation.link.name} (${by(operation.link.owner)})`;
    case 'change-link':
      return `set ${Object.keys(operation.change).join(', ')} of link ${operation.link.name} (${by(operation.link.owner)})`;
    case 'open-port':
      return `opened port ${operation.link.name} (${by(operation.link.owner)})`;
    case 'announce':
      return `announced ${operation.link.name} (${by(operation.link.owner)})`;
    case 'write-sysctl':
      return `set ${operation.sysctl.key} = ${operation.sysctl.value} (${by(operation.sysctl.owner)})`;
    case 'add-address':
      return `added address ${operation.address.cidr} to ${operation.address.link} (${by(operation.address.owner)})`;
    case 'add-route':
      return `added route ${operation.route.destination} by ${operation.route.link} (${by(operation.route.owner)})`;
    case 'delete-link':
      return `removed link ${operation.name} (${by(operation.owner)})`;
    case 'return-link':
      return `gave link ${operation.guest.name} back as ${operation.guest.source} (${by(operation.guest.owner)})`;
    case 'delete-address':
      return `removed address ${operation.address.cidr} from ${operation.address.link}`;
    case 'delete-route':
      return `removed route ${operation.route.destination} by ${operation.route.link}`;
  }
}

const rule = (element: NftElement, records: Records): string =>
  `element ${element.key}${element.value === undefined ? '' : ` : ${element.value}`} of ${element.set}${
    element.owner === '' ? '' : ` (${ownerName(element.owner, records)})`
  }`;

/** "network isolated_nw", "container web"; the short id of what no record knows. */
function ownerName(owner: string, records: Records): string {
  const [kind = '', id = ''] = owner.split(':');
  if (kind === 'network') return `network ${records.network(id)?.name ?? shortId(id)}`;
  const containerId = records.endpoint(id)?.containerId;
  const sandbox = kind === 'sandbox' ? records.sandbox(id) : containerId && records.sandboxOf(containerId);
  return sandbox ? `container ${sandbox.containerName}` : `${kind} ${shortId(id)}`;
}
