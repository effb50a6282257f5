import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { getCACertificates } from 'node:tls';
import { certificatesFor, hostsOf } from './hosts.ts';

const folder = mkdtempSync(join(tmpdir(), 'ptl-certs-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function filesOf(host: string, ...names: readonly string[]): URL {
  mkdirSync(join(folder, host));
  for (const name of names) writeFileSync(join(folder, host, name), name);
  return new URL(`https://${host}`);
}

test('certificatesFor() adds a host’s authorities to those that all trust', () => {
  const { ca, cert } = certificatesFor(filesOf('ca.example', 'ca.crt'), folder);
  assert.deepEqual(ca, [...getCACertificates('default'), 'ca.crt']);
  assert.equal(cert, undefined);
});

test('certificatesFor() takes pairs of certificate and key, and says in Docker’s words which half is missing', () => {
  const { cert, key } = certificatesFor(filesOf('pair.example', 'client.cert', 'client.key'), folder);
  assert.deepEqual([cert, key], [['client.cert'], ['client.key']]);
  assert.throws(() => certificatesFor(filesOf('cert.example', 'client.cert'), folder), {
    kind: 'invalid',
    message: 'missing key client.key for client certificate client.cert. CA certificates must use the extension .crt',
  });
  assert.throws(() => certificatesFor(filesOf('key.example', 'client.key'), folder), {
    message: 'missing client certificate client.cert for key client.key',
  });
});

test('hostsOf() asks for proof of identity from mirrors, unless they are insecure by configuration', async () => {
  const mirrors = ['https://192.0.2.1:5000', 'https://192.0.2.2', 'https://198.51.100.1/hub'];
  const options = { mirrors, insecure: ['192.0.2.1:5000', '198.51.100.0/24'], certificates: folder };
  const verified = (await hostsOf('docker.io', options)).map(({ base, verify }) => [base.host, verify]);
  assert.deepEqual(verified, [
    ['192.0.2.1:5000', false],
    ['192.0.2.2', true],
    ['198.51.100.1', false],
    ['registry-1.docker.io', true],
  ]);
});
