import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseContainerCreate } from '../../contract/index.ts';
import { checkLogging, logLimits, withLogging } from './log-options.ts';

const MiB = 1 << 20;

test('logLimits(): json-file keeps all unless asked, local 20 MB in each of five files', () => {
  assert.deepEqual(logLimits({ Type: 'json-file', Config: {} }), { maxBytes: 0, files: 1, compress: false });
  assert.deepEqual(logLimits({ Type: 'local', Config: {} }), { maxBytes: 20 * MiB, files: 5, compress: true });
  assert.deepEqual(logLimits({ Type: 'local', Config: { 'max-size': '1.5m' } }), {
    maxBytes: 1.5 * MiB,
    files: 5,
    compress: true,
  });
  assert.deepEqual(logLimits({ Type: 'local', Config: { 'max-size': '-1' } }), {
    maxBytes: 0,
    files: 5,
    compress: true,
  });
});

test('withLogging(): options of the default driver are its own', () => {
  const preset = { Type: 'local', Config: { 'max-file': '2' } };
  const of = (LogConfig: object) =>
    withLogging(parseContainerCreate({ HostConfig: { LogConfig } }).HostConfig, preset).LogConfig;
  assert.deepEqual(of({}), preset);
  assert.deepEqual(of({ Config: { 'max-file': '9' } }), { Type: 'local', Config: { 'max-file': '9' } });
  assert.deepEqual(of({ Type: 'none' }), { Type: 'none', Config: {} });
});

for (const { options, text, driver = 'json-file' } of [
  { options: { 'labels-regex': '(' }, text: /^failed to initialize logging driver: error parsing regexp: / },
  { options: { 'env-regex': '(?=a)' }, text: /cannot be executed in linear time/i },
  { options: { tag: '{{.Name}} {{.Secret}}' }, text: /\{\{\.Secret\}\} is not known here: use \{\{\.ID\}\}, / },
  { options: { tag: '{{.Name' }, text: /\{\{\.Name is not known here/ },
  { options: { compress: 'yes' }, text: /strconv\.ParseBool: parsing "yes": invalid syntax/ },
  { options: { compress: 'true' }, text: /compress cannot be true when max-file is less than 2/ },
  { options: { compress: 'true', 'max-file': '1' }, driver: 'local', text: /compress cannot be true/ },
  { options: { 'max-size': '0' }, text: /max-size must be a positive number/ },
  { options: { 'max-size': 'x' }, text: /invalid size: 'x'/ },
  {
    options: { mode: 'non-blocking', 'max-buffer-size': 'x' },
    text: /^error parsing option max-buffer-size: invalid size: 'x'/,
  },
]) {
  test(`checkLogging() refuses ${driver} with ${JSON.stringify(options)}`, () => {
    assert.throws(() => checkLogging({ Type: driver, Config: options as Record<string, string> }), {
      kind: 'invalid',
      message: text,
    });
  });
}

test('checkLogging() takes every option that Docker takes', () => {
  const size = { 'max-size': '1m', 'max-file': '2', compress: 'T' };
  checkLogging({ Type: 'local', Config: size });
  checkLogging({ Type: 'local', Config: { 'max-file': '1' } });
  const shown = { labels: 'a', 'labels-regex': '^(a+)+$', env: 'B', 'env-regex': '^B', tag: '{{.Name}}' };
  const buffer = { mode: 'non-blocking', 'max-buffer-size': '4m' };
  checkLogging({ Type: 'json-file', Config: { ...size, ...shown, ...buffer } });
});
