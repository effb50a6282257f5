import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseContainerCreate } from '../../contract/index.ts';
import { logDetails } from './log-details.ts';

function details(options: Record<string, string>): string {
  const { Config, HostConfig } = parseContainerCreate({
    Labels: { tier: 'web', note: 'a b', other: 'x' },
    Env: ['FOO=bar', 'PATH=/bin'],
    HostConfig: { LogConfig: { Type: 'json-file', Config: options } },
  });
  const named = {
    id: '0123456789abcdef'.repeat(4),
    name: 'web',
    imageId: `sha256:${'ab'.repeat(32)}`,
    args: ['sh', '-c', 'x'],
  };
  return logDetails({ ...named, config: Config, hostConfig: HostConfig });
}

test('logDetails() shows the labels and variables that were asked for, in order and escaped', () => {
  assert.equal(details({ labels: 'tier,note', env: 'FOO,NOT_THERE' }), 'FOO=bar,note=a+b,tier=web');
  assert.equal(details({ 'labels-regex': '^t', 'env-regex': '^P' }), 'PATH=%2Fbin,tier=web');
  assert.equal(details({}), '');
});

test('logDetails() shows a tag with its fields filled in', () => {
  assert.equal(details({ tag: '{{.Name}}/{{ .ID }}' }), 'tag=web%2F0123456789ab');
  assert.equal(details({ tag: '{{.ImageID}} {{.Command}} {{.DaemonName}}' }), 'tag=sha256%3Aababa+sh+-c+x+docker');
});
