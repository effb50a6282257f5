import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ContainerCreateInput, parseContainerCreate } from '../../contract/index.ts';
import { argsOf, mergeConfig } from './merge-config.ts';

const asked = (input: ContainerCreateInput) => parseContainerCreate(input).Config;
const image = {
  Entrypoint: ['/entry'],
  Cmd: ['serve'],
  Env: ['A=image', 'B=image'],
  WorkingDir: '/app',
  Labels: { a: '1', b: '1' },
};

for (const c of [
  { name: 'nothing asked: the image decides', input: {}, want: ['/entry', 'serve'] },
  { name: 'a command replaces the image’s', input: { Cmd: ['ls'] }, want: ['/entry', 'ls'] },
  { name: 'an entrypoint drops the image’s command', input: { Entrypoint: ['/bin/sh'] }, want: ['/bin/sh'] },
  { name: 'an empty entrypoint clears the image’s', input: { Entrypoint: [''], Cmd: ['ls'] }, want: ['ls'] },
] as { name: string; input: ContainerCreateInput; want: string[] }[]) {
  test(`argsOf(mergeConfig()) ${c.name}`, () => {
    assert.deepEqual(argsOf(mergeConfig(asked(c.input), image)), c.want);
  });
}

test('argsOf() refuses a container with nothing to run', () => {
  assert.throws(() => argsOf(mergeConfig(asked({}), {})), /no command specified/);
});

test('mergeConfig() joins environment by name, labels by key, and keeps what was asked for', () => {
  const merged = mergeConfig(asked({ Env: ['B=mine', 'C=mine'], Labels: { b: '2' }, WorkingDir: '/tmp' }), image);
  assert.deepEqual(merged.Env, ['B=mine', 'C=mine', 'A=image']);
  assert.deepEqual(merged.Labels, { a: '1', b: '2' });
  assert.equal(merged.WorkingDir, '/tmp');
});
