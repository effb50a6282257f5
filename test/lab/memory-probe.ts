/**
 * Loaded into an engine with --import: on SIGUSR2 it collects garbage and writes what is left to the file named by
 * MEMORY_PROBE.
 */
import { renameSync, writeFileSync } from 'node:fs';
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
      const memory: Memory = { heapBytes: heapUsed, bufferBytes: arrayBuffers, timers };
      writeFileSync(`${path}.part`, JSON.stringify(memory));
      renameSync(`${path}.part`, path); // whoever waits for the file finds it whole
    });
  });
}
