import type { Input, Output } from '../stdio.ts';

/**
 * Sends every key as it is pressed, ctrl-c included, and shows every byte as it comes, until disposed. Nothing happens
 * where input is no terminal.
 */
export async function rawMode(input: Input): Promise<Disposable> {
  if (input.isTTY !== true) return { [Symbol.dispose]() {} };
  input.setRawMode?.(true);
  // Node's raw mode still turns a line feed into CR LF, which garbles full-screen programs: their own terminal did that.
  const { spawnSync } = await import('node:child_process');
  spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
  return {
    [Symbol.dispose]() {
      input.setRawMode?.(false);
    },
  };
}

/** Tells the container's terminal the size of ours, now and whenever ours changes (SIGWINCH), until disposed. */
export function followSize(output: Output, resize: (rows: number, columns: number) => Promise<void>): Disposable {
  const tell = (): void => {
    const { rows, columns } = output;
    // The process may have ended meanwhile; then its terminal's size matters to nobody.
    if (rows !== undefined && columns !== undefined) resize(rows, columns).catch(() => {});
  };
  tell();
  output.on('resize', tell);
  return {
    [Symbol.dispose]() {
      output.off('resize', tell);
    },
  };
}
