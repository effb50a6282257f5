import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFailure, execFailure } from './failure.ts';

const reason = 'exec: "nosuch": executable file not found in $PATH';

test('createFailure: a command that cannot run is the caller’s fault, in Docker’s words', () => {
  const error = createFailure(`runc create failed: unable to start container process: ${reason}\n`);
  assert.equal(error.kind, 'invalid');
  assert.equal(
    error.message,
    'failed to create task for container: failed to create shim task: OCI runtime create failed: ' +
      `runc create failed: unable to start container process: ${reason}: unknown`,
  );
});

test('createFailure: the message is found in the runtime’s log format, and other trouble is ours', () => {
  const error = createFailure('time="2026-01-31" level=error msg="runc create failed: bad \\"thing\\""\n');
  assert.equal(error.kind, 'internal');
  assert.match(error.message, /OCI runtime create failed: runc create failed: bad "thing": unknown$/);
});

test('execFailure: says that it was an exec', () => {
  assert.equal(
    execFailure(`exec failed: ${reason}`).message,
    `OCI runtime exec failed: exec failed: ${reason}: unknown`,
  );
});
