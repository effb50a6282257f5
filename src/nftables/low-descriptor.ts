import { closeSync, openSync } from 'node:fs';
import { AppError } from '../base/index.ts';

/** FD_SETSIZE, <sys/select.h>: libnftables waits with select(2), which ends the process at a descriptor from here on. */
const limit = 1024;
/** More than the one that is wanted: another thread may open something in between. */
const wanted = 4;
const spares: number[] = [];

/**
 * Runs what opens one descriptor, which will be below 1024 however many this process has open: a few low ones are kept
 * from the first call on, and given up for it. Throws `unavailable` when there is none.
 */
export function withLowDescriptor<T>(open: () => T): T {
  for (const spare of spares.splice(0)) closeSync(spare);
  try {
    const lowest = openSync('/dev/null', 'r');
    closeSync(lowest);
    if (lowest >= limit) throw new AppError('unavailable', `no file descriptor below ${limit} is free for libnftables`);
    return open();
  } finally {
    keepLowDescriptors();
  }
}

/** To be called when such a descriptor was closed, too: before something else takes its number. */
export function keepLowDescriptors(): void {
  while (spares.length < wanted) {
    const spare = openSync('/dev/null', 'r');
    if (spare >= limit) {
      closeSync(spare);
      return;
    }
    spares.push(spare);
  }
}
