import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, ConnectError, type ConnectFailure } from '../client/index.ts';
import { describeFailure } from './failure.ts';

const described = (failure: ConnectFailure, path = '/run/portolan/portolan.sock'): string =>
  describeFailure(new ConnectError(failure, path, new Error('socket hang up')));

test('describeFailure() names the cause of a failed connection and the command that mends it', () => {
  assert.match(
    described('no-socket'),
    /there is no socket at unix:\/\/\/run\/portolan\/portolan\.sock\.\nStart the engine: {2}sudo portolan daemon\n/,
  );
  assert.match(described('no-socket', '/x'), /sudo portolan daemon --host unix:\/\/\/x\n/);
  assert.match(described('refused'), /nothing listens on .*\nStart it again: {2}sudo portolan daemon$/);
  assert.match(described('permission'), /^Permission denied .*\nRun the command as root: {2}sudo portolan/);
  assert.match(described('lost'), /broke: socket hang up\./);
});

test("describeFailure() shows the engine's refusals as docker does", () => {
  assert.equal(
    describeFailure(new ApiError(404, 'No such container: x')),
    'Error response from daemon: No such container: x',
  );
  assert.equal(describeFailure(new Error('plain')), 'plain');
});
