import { readFileSync } from 'node:fs';
import { refuse } from './refuse.ts';

const kinds = {
  cpus: { asked: 'CPUs', online: '/sys/devices/system/cpu/online' },
  mems: { asked: 'memory nodes', online: '/sys/devices/system/node/online' },
} as const;

/** `--cpuset-cpus` and `--cpuset-mems`: lists as the kernel writes them, "0-2,4". Throws invalid with Docker's texts. */
export function checkCpuset(kind: keyof typeof kinds, list: string): void {
  if (list === '') return;
  const wanted = parseList(list);
  if (wanted === undefined) refuse(`Invalid value ${list} for cpuset ${kind}: invalid format: ${list}`);
  const { asked, online } = kinds[kind];
  const available = onlineOf(online);
  const has = new Set(parseList(available));
  if (wanted.some((number) => !has.has(number)))
    refuse(`Requested ${asked} are not available - requested ${list}, available: ${available}`);
}

/** A kernel without the file has one of them. */
function onlineOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '0';
  }
}

const most = 8192; // CONFIG_NR_CPUS at its largest: a range beyond is no range to spread out

/** undefined for what is no list. */
export function parseList(text: string): readonly number[] | undefined {
  const numbers: number[] = [];
  for (const part of text.split(',')) {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part.trim());
    if (match === null) return undefined;
    const [first, last] = [Number(match[1]), Number(match[2] ?? match[1])];
    if (last < first || last > most) return undefined;
    for (let number = first; number <= last; number++) numbers.push(number);
  }
  return numbers;
}
