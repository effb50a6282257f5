import { readFileSync } from 'node:fs';

/** The recordings of one file: what ip(8) sent for each command, in hex. See tools/record.ts. */
export function golden(file: string): ReadonlyMap<string, string> {
  const blocks = readFileSync(new URL(`${file}.hex`, import.meta.url), 'utf8')
    .trim()
    .split('\n\n');
  return new Map(
    blocks.map((block) => {
      const lines = block.split('\n');
      const command = lines.findLast((line) => line.startsWith('# '))?.slice(2) ?? '';
      return [command, lines.at(-1) ?? ''];
    }),
  );
}
