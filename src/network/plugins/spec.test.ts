import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJson, parseSpec } from './spec.ts';

test('a .spec file is one URL', () => {
  assert.deepEqual(parseSpec('unix:///run/x/my.sock\n'), { type: 'unix', path: '/run/x/my.sock' });
  assert.deepEqual(parseSpec(' tcp://127.0.0.1:8080 '), { type: 'tcp', host: '127.0.0.1', port: 8080 });
  assert.deepEqual(parseSpec('tcp://[::1]:9'), { type: 'tcp', host: '::1', port: 9 });
  for (const text of ['', 'hello', 'ftp://a:1', 'unix://', 'tcp://']) {
    assert.throws(() => parseSpec(text), /Unknown protocol: want unix:\/\/\/path/, text);
  }
});

test('a .json file also says with what certificates', () => {
  const tls = { CAFile: '/ca.pem', CertFile: '/cert.pem', KeyFile: '/key.pem' };
  assert.deepEqual(parseJson(JSON.stringify({ Name: 'a', Addr: 'https://plugins.lab:7000', TLSConfig: tls })), {
    type: 'tcp',
    host: 'plugins.lab',
    port: 7000,
    tls: { authority: '/ca.pem', certificate: '/cert.pem', key: '/key.pem', insecure: false },
  });
  assert.deepEqual(parseJson('{"Name":"a","Addr":"unix:///a.sock"}'), { type: 'unix', path: '/a.sock' });
  assert.deepEqual(parseJson('{"Addr":"tcp://h:1","TLSConfig":{"CAFile":"/ca.pem"}}'), {
    type: 'tcp',
    host: 'h',
    port: 1,
  });
  assert.throws(() => parseJson('{"Name":"a"}'), /Addr/);
  assert.throws(() => parseJson('{'), SyntaxError);
});
