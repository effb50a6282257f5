import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSize } from '../values/size.ts';
import { type Command, command } from './command.ts';
import { list, text, toggle, value } from './flag.ts';
import { commandHelp } from './help.ts';
import { readArguments } from './read.ts';
import { UsageError } from './usage-error.ts';

const definition = {
  usage: '[OPTIONS] THING [ARG...]',
  summary: 'Do it',
  operands: { least: 1 },
  flags: {
    all: toggle('-a, --all', 'All of them'),
    env: list('-e, --env <list>', 'Variables'),
    interactive: toggle('-i, --interactive', 'Open'),
    memory: value('-m, --memory <bytes>', 'Memory', parseSize),
    name: text('--name <string>', 'Its name', 'none'),
    noTrunc: toggle('--no-trunc', 'In full'),
    proxy: toggle('--sig-proxy', 'Pass signals', true),
  },
  run: async () => 0,
};
const mixed = command(definition);
const passing = command({ ...definition, passThrough: true });
const values = (argv: string, of: Command = mixed) => {
  const reading = readArguments(of, 'portolan do', argv.split(' '));
  const { operands, values: given } = reading!;
  return { ...given, operands };
};
const initial = {
  all: false,
  env: [],
  interactive: false,
  memory: undefined,
  name: 'none',
  noTrunc: false,
  proxy: true,
};

const accepted: readonly (readonly [argv: string, changes: object])[] = [
  ['x', {}],
  ['-ai x', { all: true, interactive: true }],
  ['-aie A=1 -e=B --env C --env=D=E x', { all: true, interactive: true, env: ['A=1', 'B', 'C', 'D=E'] }],
  ['-m64k x', { memory: 65536 }],
  ['--all=true --interactive=false --sig-proxy=0 x', { all: true, proxy: false }],
  ['--no-trunc x', { noTrunc: true }],
  ['--name -x x', { name: '-x' }],
  ['--name= x', { name: '' }],
  ['-- -a', { operands: ['-a'] }],
];
for (const [argv, changes] of accepted) {
  test(`readArguments() reads ${argv}`, () =>
    assert.deepEqual(values(argv), { ...initial, operands: ['x'], ...changes }));
}

test('readArguments() finds options behind operands, unless those belong to another command', () => {
  assert.deepEqual(values('x -a'), { ...initial, all: true, operands: ['x'] });
  assert.deepEqual(values('-i x -a --all=false', passing), {
    ...initial,
    interactive: true,
    operands: ['x', '-a', '--all=false'],
  });
});

test('readArguments() answers nothing when help is asked for', () => {
  assert.equal(readArguments(mixed, 'portolan do', ['--help']), undefined);
});

const refused: readonly (readonly [argv: string, line: string, code: number])[] = [
  ['--nosuch x', 'unknown flag: --nosuch', 125],
  ['--nosuch=1 x', 'unknown flag: --nosuch', 125],
  ['-Z x', "unknown shorthand flag: 'Z' in -Z", 125],
  ['-m foo x', `invalid argument "foo" for "-m, --memory" flag: invalid size: 'foo'`, 125],
  ['x --name', 'flag needs an argument: --name', 125],
  ['-a', "portolan: 'portolan do' requires at least 1 argument", 1],
];
test('readArguments() names the nearest flag that there is', () => {
  assert.throws(() => values('--memry 5 x'), /^UsageError: unknown flag: --memry\nDid you mean --memory\?\n/);
});

for (const [argv, line, code] of refused) {
  test(`readArguments() refuses ${argv}`, () => {
    assert.throws(
      () => values(argv),
      (error) =>
        error instanceof UsageError &&
        error.exitCode === code &&
        error.message.split('\n')[0] === line &&
        /--help/.test(error.message),
    );
  });
}

test('readArguments() says how many operands it wants', () => {
  const wanting = (operands: Command['operands']) => command({ ...definition, operands });
  assert.throws(() => values('x', wanting({ least: 0, most: 0 })), /accepts no arguments/);
  assert.throws(() => values('x', wanting({ least: 2, most: 2 })), /requires 2 arguments/);
  assert.throws(() => values('x y z', wanting({ least: 1, most: 2 })), /requires at most 2 arguments/);
});

test('commandHelp() lays out usage, aliases and options as docker does', () => {
  assert.equal(
    commandHelp(mixed, 'portolan do', ['do', 'thing do']),
    `Usage:  portolan do [OPTIONS] THING [ARG...]

Do it

Aliases:
  portolan do, portolan thing do

Options:
  -a, --all            All of them
  -e, --env list       Variables
  -i, --interactive    Open
  -m, --memory bytes   Memory
      --name string    Its name (default "none")
      --no-trunc       In full
      --sig-proxy      Pass signals (default true)
`,
  );
});
