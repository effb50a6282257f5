/** What Docker says of a container's networks that cannot go together. */
export const mixtureTexts = {
  host: 'cannot connect container to host network - container must be created in host network mode',
  shared: 'container sharing network namespace with another container or host cannot be connected to any other network',
  none: 'container cannot be connected to multiple networks with one of the networks in private (none) mode',
} as const;
