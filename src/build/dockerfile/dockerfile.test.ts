import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSyntax } from '../check.ts';
import { expandWord } from './expand.ts';
import { parseDockerfile } from './instruction.ts';
import { planStages, stageIndex } from './stages.ts';

const texts = (file: string): string[] => parseDockerfile(file).instructions.map(({ text }) => text);

test('lines that go on are one; comments, empty lines and line ends in them are none', () => {
  assert.deepEqual(texts('\ufeff# c\r\nFROM a\r\n  RUN one \\\r\n\r\n # inside\n  two \\  \n three\n#end\n'), [
    'FROM a',
    'RUN one   two  three',
  ]);
});

test('directives count at the top only, each once', () => {
  assert.deepEqual(texts('# escape=`\n# syntax=x\nRUN a `\n b\\\nRUN c'), ['RUN a  b\\', 'RUN c']);
  assert.deepEqual(texts('# comment\n# escape=`\nRUN a \\\n b'), ['RUN a  b']);
  assert.throws(() => texts('# escape=x\nRUN a'), { message: /invalid ESCAPE 'x' does not match ` or \\/ });
  assert.throws(() => texts('# escape=`\n# escape=\\\nRUN a'), { message: /only one escape parser directive/ });
});

test('flags come off before the arguments; unknown ones, and those of BuildKit, are refused with their line', () => {
  const [copy] = parseDockerfile('copy --from=x --chown=1:2  a --b c').instructions;
  assert.deepEqual([copy!.name, copy!.flags, copy!.rest], ['COPY', { from: 'x', chown: '1:2' }, 'a --b c']);
  assert.throws(() => texts('FROM a\nCOPY --nope a b'), {
    message: 'dockerfile parse error on line 2: COPY: unknown flag: --nope',
  });
  assert.throws(() => texts('FROM a\n\nRUN --mount=type=tmpfs,target=/x true'), {
    message: /line 3: the --mount option requires BuildKit/,
  });
  assert.throws(() => texts('FROM a\nCOPY'), {
    message: 'dockerfile parse error on line 2: COPY requires at least one argument',
  });
  assert.throws(() => texts(' \n# only\n'), { kind: 'invalid' });
});

test('stages: names in any case, numbers, targets', () => {
  const plan = (target: string) =>
    planStages(parseDockerfile('ARG V\nFROM a As One\nRUN x\nFROM b\nFROM c AS three\n'), target);
  assert.deepEqual(
    plan('').stages.map(({ base, name, steps }) => [base, name, steps.length]),
    [
      ['a', 'one', 1],
      ['b', '', 0],
      ['c', 'three', 0],
    ],
  );
  assert.equal(plan('1').stages.length, 2);
  assert.equal(plan('THREE').stages.length, 3);
  assert.equal(stageIndex(plan('').stages, '3'), undefined);
  assert.throws(() => plan('four'), { message: 'target stage "four" could not be found' });
  assert.throws(() => planStages(parseDockerfile('RUN x\nFROM a'), ''), {
    message: 'no build stage in current context',
  });
  assert.throws(() => planStages(parseDockerfile('FROM a as'), ''), {
    message: /FROM requires either one or three arguments/,
  });
});

test('what can never work is refused with its line before anything runs', () => {
  for (const [line, message] of [
    ['COPY a', /line 2: COPY requires at least two arguments, but only one was provided/],
    ['SHELL /bin/sh', /line 2: SHELL requires the arguments to be in JSON form/],
    ['ONBUILD FROM x', /line 2: FROM isn't allowed as an ONBUILD trigger/],
    ['ENV a', /line 2: ENV must have two arguments/],
    ['LABEL a=b c', /line 2: Syntax error - can't find = in "c"/],
    ['ARG =x', /line 2: ARG names can not be blank/],
    ['VOLUME [""]', /line 2: VOLUME specified can not be an empty string/],
    ['HEALTHCHECK foo', /line 2: Unknown type "FOO" in HEALTHCHECK/],
    ['HEALTHCHECK NONE x', /line 2: HEALTHCHECK NONE takes no arguments/],
    ['HEALTHCHECK --interval=1us CMD a', /line 2: Interval "interval" cannot be less than 1ms/],
  ] as const) {
    const [, instruction] = parseDockerfile(`FROM a\n${line}\n`).instructions;
    assert.throws(() => checkSyntax(instruction!), { kind: 'invalid', message }, line);
  }
});

const variables = new Map([
  ['A', '1'],
  ['EMPTY', ''],
]);

for (const [word, expected] of [
  ['$A$' + '{A}b', '11b'],
  ['$NONE-', '-'],
  ['$' + '{NONE:-x$A}', 'x1'],
  ['$' + '{EMPTY:-e}$' + '{EMPTY-e}', 'e'],
  ['$' + '{A:+yes}$' + '{NONE:+no}', 'yes'],
  [`"a $A"'$A'`, 'a 1$A'],
  ['\\$A a\\ b "\\$A \\x"', '$A a b $A \\x'],
  ['100% $', '100% $'],
] as const) {
  test(`expandWord() of ${word} is ${expected}`, () => {
    assert.equal(expandWord(word, variables, '\\'), expected);
  });
}

for (const [word, message] of [
  ['$' + '{A', /bad substitution/],
  ['$' + '{A:-x', /missing } in substitution/],
  ['$' + '{A#x}', /unsupported modifier \(#\)/],
  ['$' + '{NONE:?is needed}', /NONE: is needed/],
  ['"open', /matching double-quote/],
] as const) {
  test(`expandWord() refuses ${word}`, () => {
    assert.throws(() => expandWord(word, variables, '\\'), { kind: 'invalid', message });
  });
}
