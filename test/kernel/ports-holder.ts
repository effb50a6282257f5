import { PortReservations, type RelayTarget } from '../../src/network/ports/index.ts';
import type { PortRequest } from '../../src/network/types.ts';

/** Holds ports in the namespace it is started in until it is killed. Argument: a HoldOrder as JSON. */
export type HoldOrder = { readonly requests: readonly PortRequest[]; readonly target: RelayTarget };

if (import.meta.main) {
  const { requests, target } = JSON.parse(process.argv[2] ?? '') as HoldOrder;
  const ports = new PortReservations();
  const published = await ports.reserve({ id: '1', name: 'web' }, requests);
  ports.serve('1', target);
  process.stdout.write(`${JSON.stringify(published)}\n`);
  setInterval(() => {}, 60_000);
}
