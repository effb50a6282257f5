import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImageInspect } from '../../contract/index.ts';
import { inspectOf } from './image.ts';

const image = { Size: 7, Config: { Env: ['A=b'] } } as unknown as ImageInspect;

test('inspectOf() gives older clients the fields they knew', () => {
  assert.deepEqual(inspectOf(image, '1.50'), image);
  const middle = inspectOf(image, '1.45') as { Config: Record<string, unknown>; VirtualSize?: number };
  assert.deepEqual([middle.Config['Env'], middle.Config['Labels'], middle.VirtualSize], [['A=b'], null, undefined]);
  const old = inspectOf(image, '1.41') as { Container?: string; VirtualSize?: number };
  assert.deepEqual([old.Container, old.VirtualSize], ['', 7]);
});
