export { PortReservations, type PortReservationsOptions } from './reservations.ts';
export type { PortOwner, RelayTarget } from './types.ts';
