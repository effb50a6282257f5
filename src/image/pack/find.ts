import { goMatch } from '../../build/index.ts';
import type { FindJob } from './order.ts';
import { entriesOf, found } from './paths.ts';

/** Paths below the root directory that fit the pattern, in order. */
export function* find({ pattern }: FindJob): Generator<string> {
  const fits = goMatch(pattern);
  const waiting = [''];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const base of entriesOf(`/${folder}`)) {
      const path = folder === '' ? base : `${folder}/${base}`;
      const name = Buffer.from(path, 'latin1').toString('utf8');
      if (fits(name)) yield name;
      if (found(`/${path}`)?.isDirectory()) waiting.push(path);
    }
  }
}
