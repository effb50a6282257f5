import type { Flag } from './flag.ts';

/** An option's two names and what may follow them. */
export type Spelling = {
  readonly short: string | undefined;
  readonly long: string;
  readonly takesValue: boolean;
  /** What stands for the value in messages and help: "list". */
  readonly kind: string;
};

export function spellingOf(flag: Flag<unknown>): Spelling {
  const match = /^(?:(-\w), )?(--[\w-]+)(?: <(.+)>)?$/.exec(flag.spelling);
  if (match === null) throw new TypeError(`bad option spelling: ${flag.spelling}`);
  return { short: match[1], long: match[2]!, takesValue: match[3] !== undefined, kind: match[3] ?? '' };
}

/**
 * Rewrites what docker's option syntax allows and commander's does not: `--switch=true|false` and `-x=value`. Looks no
 * further than the first operand when what follows is not ours.
 */
export function normalize(argv: readonly string[], flags: readonly Flag<unknown>[], passThrough: boolean): string[] {
  const known = new Map<string, { readonly spelling: Spelling; readonly flag: Flag<unknown> }>();
  for (const flag of flags) {
    const spelling = spellingOf(flag);
    known.set(spelling.long, { spelling, flag });
    if (spelling.short !== undefined) known.set(spelling.short, { spelling, flag });
  }
  const out: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === '--' || (passThrough && !isOption(word))) return [...out, ...argv.slice(at)];
    if (!isOption(word)) {
      out.push(word);
      continue;
    }
    const { words, wantsNext } = word.startsWith('--') ? long(word, known) : cluster(word, known);
    out.push(...words);
    if (wantsNext && at + 1 < argv.length) out.push(argv[++at]!);
  }
  return out;
}

type Known = ReadonlyMap<string, { readonly spelling: Spelling; readonly flag: Flag<unknown> }>;
type Rewritten = { readonly words: readonly string[]; readonly wantsNext: boolean };

const isOption = (word: string): boolean => word.startsWith('-') && word !== '-';

function long(word: string, known: Known): Rewritten {
  const equals = word.indexOf('=');
  const name = equals === -1 ? word : word.slice(0, equals);
  const entry = known.get(name);
  if (entry === undefined) return { words: [word], wantsNext: false };
  if (entry.spelling.takesValue) return { words: [word], wantsNext: equals === -1 };
  if (equals === -1) return { words: [word], wantsNext: false };
  const on = /^(1|t|true)$/i.test(word.slice(equals + 1));
  if (on) return { words: [name], wantsNext: false };
  return { words: entry.flag.initial === true ? [name.replace('--', '--no-')] : [], wantsNext: false };
}

/** `-itd`, `-p80:80`, `-e=A`, `-itp 80`: switches first, then at most one option with a value. */
function cluster(word: string, known: Known): Rewritten {
  for (let at = 1; at < word.length; at++) {
    const entry = known.get(`-${word[at]}`);
    if (entry === undefined) return { words: [word], wantsNext: false };
    if (!entry.spelling.takesValue) continue;
    const before = at === 1 ? [] : [word.slice(0, at)];
    const name = `-${word[at]}`;
    const attached = word.slice(at + 1);
    if (attached === '') return { words: [...before, name], wantsNext: true };
    return { words: [...before, name, attached.replace(/^=/, '')], wantsNext: false };
  }
  return { words: [word], wantsNext: false };
}
