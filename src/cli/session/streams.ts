import type { Duplex } from 'node:stream';
import { demultiplex, plain } from '../../client/index.ts';
import { type Input, type Stdio, write } from '../stdio.ts';

/** Copies a container's output to ours until it ends, no faster than ours is read. */
export async function copyOutput(source: AsyncIterable<Buffer>, tty: boolean, stdio: Stdio): Promise<void> {
  for await (const { stream, data } of tty ? plain(source) : demultiplex(source)) {
    await write(stream === 'stderr' ? stdio.stderr : stdio.stdout, data);
  }
}

/**
 * Copies our input to the container's until disposed. The end of ours closes theirs (half-close), and output goes on.
 * Disposing lets go of our input, so that the program can end while a terminal stays open.
 */
export function copyInput(input: Input, target: Duplex): Disposable {
  // The container may be gone while we still type.
  target.on('error', () => {});
  input.pipe(target);
  return {
    [Symbol.dispose]() {
      input.unpipe(target);
      input.pause();
      if ('unref' in input && typeof input.unref === 'function') input.unref();
    },
  };
}
