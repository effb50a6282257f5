import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkPlatform } from './platform.ts';

const image = { os: 'linux', architecture: 'amd64' };

test('checkPlatform() takes what the image is for, by any of its names', () => {
  for (const platform of ['', 'linux', 'linux/amd64', 'Linux/x86_64', 'linux/amd64/v2'])
    checkPlatform('app', image, platform);
});

test('checkPlatform() does not find the image for another platform', () => {
  assert.throws(() => checkPlatform('app', image, 'linux/arm64'), {
    kind: 'not-found',
    message:
      'image with reference app was found but its platform (linux/amd64) does not match the specified platform (linux/arm64)',
  });
});
