/** What the rows are tried against: two networks, and a container of every kind. */
export const image = 'busybox';

/** One request that is refused, and the answer: the message in full, or what it must match. */
export type Row = readonly [
  method: string,
  path: string,
  body: unknown,
  status: number,
  message: string | RegExp,
  type?: string,
];

export const sharesAnother =
  'container sharing network namespace with another container or host cannot be connected to any other network';
export const privateMode =
  'container cannot be connected to multiple networks with one of the networks in private (none) mode';
