import type { Input, Output } from '../stdio.ts';

/** Sends every key as it is pressed, ctrl-c included, until disposed. Nothing happens where input is no terminal. */
export function rawMode(input: Input): Disposable {
  if (input.isTTY !== true) return { [Symbol.dispose]() {} };
  input.setRawMode?.(true);
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
