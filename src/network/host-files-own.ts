import { writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../base/index.ts';
import type { HostsEntry } from './dns/index.ts';

/**
 * Which lines of a hosts file are ours and move with its sandbox's endpoints and links; all others are the user's. Kept
 * in a file beside it: an engine that was killed on the way knows afterwards what it had written.
 */
export class OwnLines {
  /** For a hosts file that is about to be written anew. */
  begin(filesDir: string, lines: readonly HostsEntry[]): void {
    writeFileSync(pathIn(filesDir), JSON.stringify(lines));
  }

  /**
   * From now on these are ours. Answers those that may stand in the file from before. Both are remembered until the
   * next change, since the file itself follows after.
   */
  async change(filesDir: string, lines: readonly HostsEntry[]): Promise<readonly HostsEntry[]> {
    const before = await this.#read(filesDir);
    const now = new Set(lines.map((line) => JSON.stringify(line)));
    const gone = before.filter((line) => !now.has(JSON.stringify(line)));
    await writeFile(pathIn(filesDir), JSON.stringify([...lines, ...gone]));
    return gone;
  }

  async #read(filesDir: string): Promise<readonly HostsEntry[]> {
    try {
      return JSON.parse(await readFile(pathIn(filesDir), 'utf8')) as readonly HostsEntry[];
    } catch (error) {
      if (hasCode(error, 'ENOENT') || error instanceof SyntaxError) return [];
      throw error;
    }
  }
}

const pathIn = (filesDir: string): string => join(filesDir, 'hosts.own');
