import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { type OpenPart, partAfter } from './parts.ts';
import { rotateLog } from './rotate.ts';

const textOf = async (part: OpenPart | undefined): Promise<string | undefined> => {
  const text = await part?.file.readFile('utf8');
  await part?.file.close();
  return text;
};

test('partAfter() beside a rotation never goes back to a file that is older than the one that was read', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-parts-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'log');
  for (let round = 0; round < 150; round++) {
    for (const [n, name] of [path, `${path}.2`, `${path}.1`].entries()) writeFileSync(name, `old ${n}`);
    const oldest = await partAfter(path, undefined);
    const middle = await partAfter(path, oldest);
    const newest = (await partAfter(path, middle))!;
    const room = { maxBytes: 1, files: 4, compress: round % 2 === 1 };
    const rotation = rotateLog(path, room, async () => writeFileSync(path, 'new'), new AbortController().signal);
    const looks: Promise<string | undefined>[] = [];
    for (let look = 0; look < 12; look++) {
      looks.push(partAfter(path, newest).then(textOf));
      await turn();
    }
    await rotation;
    for (const text of await Promise.all(looks)) assert.ok(text === undefined || text === 'new', text);
    await Promise.all([oldest, middle, newest].map((part) => part?.file.close()));
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
  }
});
