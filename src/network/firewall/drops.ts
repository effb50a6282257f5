/** Why a packet was dropped: the name of the counter, and what the rule's comment says. */
export const dropReasons = {
  loopback: 'a loopback address does not come from a wire',
  apart: 'containers of this network are kept apart',
  internal: 'an internal network has no way in or out',
  isolation: 'networks are isolated from each other',
  unpublished: 'this port of the container is not published',
  foreign: 'forwarding was turned on for containers only',
  family: 'the container of this port has no IPv6 address',
} as const satisfies Readonly<Record<string, string>>;

export type DropReason = keyof typeof dropReasons;

/** A statement that counts and ends the way of a packet. `verdict`: drop, or a rejection. */
export const refuse = (reason: DropReason, verdict: string): string =>
  `counter name ${reason} ${verdict} comment "${reason}: ${dropReasons[reason]}"`;

export const drop = (reason: DropReason): string => refuse(reason, 'drop');
