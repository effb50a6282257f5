import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { type ContainerCreateInput, parseContainerCreate } from '../../contract/index.ts';
import { checkCreate, checkName } from './validate.ts';

function check(input: ContainerCreateInput): void {
  const { Config, HostConfig } = parseContainerCreate(input);
  checkCreate(Config, HostConfig);
}

for (const c of [
  {
    name: 'memory below the least',
    input: { HostConfig: { Memory: 1024 } },
    text: 'Minimum memory limit allowed is 6MB',
  },
  {
    name: 'more CPUs than there are',
    input: { HostConfig: { NanoCpus: 1e12 } },
    text: `Range of CPUs is from 0.01 to ${availableParallelism()}.00, as there are only ${availableParallelism()} CPUs available`,
  },
  {
    name: '--rm with a restart policy',
    input: { HostConfig: { AutoRemove: true, RestartPolicy: { Name: 'always' } } },
    text: "can't create 'AutoRemove' container with restart policy",
  },
  {
    name: 'an unknown restart policy',
    input: { HostConfig: { RestartPolicy: { Name: 'often' } } },
    text: /unknown policy 'often'/,
  },
  { name: 'a relative working directory', input: { WorkingDir: 'here' }, text: /needs to be an absolute path/ },
  {
    name: 'an unknown log driver',
    input: { HostConfig: { LogConfig: { Type: 'smoke' } } },
    text: "logger: no log driver named 'smoke' is registered",
  },
  {
    name: 'a shared network and a host name',
    input: { Hostname: 'h', HostConfig: { NetworkMode: 'container:x' } },
    text: 'conflicting options: hostname and the network mode',
  },
  {
    name: 'a shared network and a published port',
    input: { HostConfig: { NetworkMode: 'container:x', PortBindings: { '80/tcp': [] } } },
    text: 'conflicting options: port publishing and the container type network mode',
  },
] as { name: string; input: ContainerCreateInput; text: string | RegExp }[]) {
  test(`checkCreate() refuses ${c.name}`, () => {
    assert.throws(() => check(c.input), { name: 'AppError', kind: 'invalid', message: c.text });
  });
}

test('checkName() takes a leading slash off and refuses what Docker refuses', () => {
  assert.equal(checkName('/web-1'), 'web-1');
  for (const bad of ['', 'a', '-web', 'we b', '../x']) assert.throws(() => checkName(bad), /only \[a-zA-Z0-9\]/);
});
