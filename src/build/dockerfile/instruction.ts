import { AppError } from '../../base/index.ts';
import { atLine, type Line, readLines } from './lines.ts';

/** One instruction of a Dockerfile, its arguments not yet read. */
export type Instruction = {
  /** In capitals. */
  readonly name: string;
  readonly flags: Readonly<Record<string, string>>;
  readonly rest: string;
  /** As written, on one line. */
  readonly text: string;
  readonly line: number;
};

export type Dockerfile = { readonly escapeWith: '\\' | '`'; readonly instructions: readonly Instruction[] };

const knownFlags: Readonly<Record<string, readonly string[]>> = {
  ADD: ['chown', 'chmod', 'link', 'keep-git-dir', 'checksum', 'exclude'],
  COPY: ['from', 'chown', 'chmod', 'link', 'parents', 'exclude'],
  FROM: ['platform'],
  RUN: ['mount', 'network', 'security'],
};
/** Flags that only another builder knows what to do with. */
const buildKitFlags = [
  'chmod',
  'link',
  'keep-git-dir',
  'checksum',
  'exclude',
  'parents',
  'mount',
  'network',
  'security',
];

const known: ReadonlySet<string> = new Set([
  ...['ADD', 'ARG', 'CMD', 'COPY', 'ENTRYPOINT', 'ENV', 'EXPOSE', 'FROM', 'HEALTHCHECK', 'LABEL', 'MAINTAINER'],
  ...['ONBUILD', 'RUN', 'SHELL', 'STOPSIGNAL', 'USER', 'VOLUME', 'WORKDIR'],
]);
const mayBeEmpty: ReadonlySet<string> = new Set(['CMD', 'ENTRYPOINT']);

/** Throws `invalid` with the number of the line at fault. */
export function parseDockerfile(text: string): Dockerfile {
  const { escapeWith, lines } = readLines(text);
  if (lines.length === 0) throw new AppError('invalid', 'the Dockerfile cannot be empty: file with no instructions');
  return { escapeWith, instructions: lines.map(parseInstruction) };
}

/** Also for what ONBUILD put off. */
export function parseInstruction({ text, number }: Line): Instruction {
  const [, word = '', tail = ''] = /^(\S+)\s*([\s\S]*)$/.exec(text) ?? [];
  const name = word.toUpperCase();
  if (!known.has(name)) throw atLine(number, `unknown instruction: ${name}`);
  const { flags, rest } = name in knownFlags ? takeFlags(name, tail.trim(), number) : { flags: {}, rest: tail.trim() };
  if (rest === '' && !mayBeEmpty.has(name)) throw atLine(number, `${name} requires at least one argument`);
  if (/^(RUN|COPY|ADD)$/.test(name) && /(^|\s)\d*<<-?\s*["']?[A-Za-z_]/.test(rest)) {
    throw atLine(number, `${name}: here-documents require BuildKit, which this engine does not have`);
  }
  return { name, flags, rest, text, line: number };
}

function takeFlags(name: string, tail: string, line: number): Pick<Instruction, 'flags' | 'rest'> {
  const flags: Record<string, string> = {};
  let rest = tail;
  for (let flag = flagAt(rest); flag !== null; flag = flagAt(rest)) {
    const [all, key = '', value = ''] = flag;
    if (!knownFlags[name]!.includes(key)) throw atLine(line, `${name}: unknown flag: --${key}`);
    if (buildKitFlags.includes(key)) {
      throw atLine(line, `the --${key} option requires BuildKit, which this engine does not have`);
    }
    flags[key] = value;
    rest = rest.slice(all.length);
  }
  return { flags, rest: rest.trim() };
}

const flagAt = (text: string): RegExpExecArray | null => /^--([a-z-]+)(?:=(\S*))?(?:\s+|$)/.exec(text);
