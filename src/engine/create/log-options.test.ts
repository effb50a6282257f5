import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseContainerCreate } from '../../contract/index.ts';
import { logLimits, withLogging } from './log-options.ts';

const MiB = 1 << 20;

test('logLimits(): json-file keeps all unless asked, local 20 MB in each of five files', () => {
  assert.deepEqual(logLimits({ Type: 'json-file', Config: {} }), { maxBytes: 0, files: 1 });
  assert.deepEqual(logLimits({ Type: 'local', Config: {} }), { maxBytes: 20 * MiB, files: 5 });
  assert.deepEqual(logLimits({ Type: 'local', Config: { 'max-size': '1.5m' } }), { maxBytes: 1.5 * MiB, files: 5 });
  assert.deepEqual(logLimits({ Type: 'local', Config: { 'max-size': '-1' } }), { maxBytes: 0, files: 5 });
});

test('withLogging(): options of the default driver are its own', () => {
  const preset = { Type: 'local', Config: { 'max-file': '2' } };
  const of = (LogConfig: object) =>
    withLogging(parseContainerCreate({ HostConfig: { LogConfig } }).HostConfig, preset).LogConfig;
  assert.deepEqual(of({}), preset);
  assert.deepEqual(of({ Config: { 'max-file': '9' } }), { Type: 'local', Config: { 'max-file': '9' } });
  assert.deepEqual(of({ Type: 'none' }), { Type: 'none', Config: {} });
});
