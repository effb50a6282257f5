import { inNetns } from '../../../syscall/netns.ts';

/** Where queries leave from: the host, or the sandbox of who asked. */
export type Place = {
  readonly servers: () => readonly string[];
  /** Absent: the engine's own namespace. */
  readonly netnsFd?: number;
};

/** Runs `open` so that the sockets it makes belong to the place. */
export const openAt = <T>(place: Place, open: () => T extends PromiseLike<unknown> ? never : T): T =>
  place.netnsFd === undefined ? open() : inNetns(place.netnsFd, open);

export const dnsPort = 53;
export const familyOf = (server: string): 4 | 6 => (server.includes(':') ? 6 : 4);
