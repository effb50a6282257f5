import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImageInspect } from '../../contract/index.ts';
import { inspectOf } from './image.ts';

const image = { Size: 7, Config: { Env: ['A=b'] } } as unknown as ImageInspect;

test('inspectOf() gives older clients the fields they knew', () => {
  const now = inspectOf(image, '1.50') as { Config: Record<string, unknown>; ContainerConfig?: object };
  const { Config, ContainerConfig } = now;
  assert.deepEqual([Config['Env'], Config['Labels'], Config['User'], Config['Tty']], [['A=b'], null, '', undefined]);
  assert.equal(ContainerConfig, undefined);
  const middle = inspectOf(image, '1.45') as { Config: Record<string, unknown>; VirtualSize?: number };
  assert.deepEqual([middle.Config['Env'], middle.Config['Labels'], middle.VirtualSize], [['A=b'], null, undefined]);
  const old = inspectOf({ ...image, Config: { Volumes: { '/data': {} } } }, '1.41') as {
    ContainerConfig: { Volumes: object };
    VirtualSize?: number;
  };
  assert.deepEqual([old.ContainerConfig.Volumes, old.VirtualSize], [{ '/data': {} }, 7]);
});
