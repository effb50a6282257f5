/**
 * Loaded into an engine with --import: on SIGUSR2 it collects garbage and writes what is left to the file named by
 * MEMORY_PROBE.
 */
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';

export type Memory = { readonly heapBytes: number; readonly bufferBytes: number; readonly timers: number };

const file = process.env['MEMORY_PROBE'];
if (file !== undefined) probe(file);

function probe(path: string): void {
  const session = new Session();
  session.connect();
  process.on('SIGUSR2', () => {
    session.post('HeapProfiler.collectGarbage', () => {
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      const timers = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
      writeFileSync(path, JSON.stringify({ heapBytes: heapUsed, bufferBytes: arrayBuffers, timers } satisfies Memory));
    });
  });
}
