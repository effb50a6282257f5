import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { silent } from '../../base/index.ts';
import type { Patience } from './plugin.ts';
import { Plugins } from './plugins.ts';

const once: Patience = { retryMs: 0, requestMs: 5000 };
const dir = mkdtempSync(join(tmpdir(), 'portolan-tls-'));
after(() => rmSync(dir, { recursive: true, force: true }));

/** A certificate that signs itself, for 127.0.0.1, and its key. */
function certificate(name: string): void {
  const files = ['-keyout', join(dir, `${name}.key`), '-out', join(dir, `${name}.pem`)];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync('openssl', ['req', '-x509', '-days', '2', ...key, ...files, ...subject], { stdio: 'ignore' });
}

const pem = (file: string): Buffer => readFileSync(join(dir, file));

/** What a plugin says that is described so. It tells who calls it, by the name in the caller's certificate. */
async function asked(t: { after(end: () => void): void }, name: string, described: string): Promise<unknown> {
  const { key, cert } = { key: pem('plugin.key'), cert: pem('plugin.pem') };
  const server = createServer({ key, cert, requestCert: true, ca: pem('engine.pem') }, (request, response) => {
    const { CN } = (request.socket as TLSSocket).getPeerCertificate().subject ?? {};
    response.end(
      JSON.stringify(request.url === '/Plugin.Activate' ? { Implements: ['NetworkDriver'] } : { caller: CN }),
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => server.close());
  writeFileSync(join(dir, name), described.replace('PORT', `${(server.address() as AddressInfo).port}`));
  const plugin = new Plugins({ sockets: [], specs: [dir] }, silent).named(name.split('.')[0]!);
  return plugin.call('NetworkDriver', 'Who', {}, once);
}

const described = (tls: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ Name: 'p', Addr: 'https://127.0.0.1:PORT', TLSConfig: tls });

before(() => {
  certificate('plugin');
  certificate('engine');
});

test('https:// with TLSConfig: the plugin is known by the authority, the engine by its certificate', async (t) => {
  const [CAFile, CertFile, KeyFile] = ['plugin.pem', 'engine.pem', 'engine.key'].map((file) => join(dir, file));
  assert.deepEqual(await asked(t, 'both.json', described({ CAFile, CertFile, KeyFile })), { caller: 'engine' });
});

test('a plugin whose certificate nobody vouches for is refused, unless that is asked for', async (t) => {
  const refusal = {
    kind: 'internal',
    message: /^plugin "\w+" at 127.0.0.1:\d+ does not answer .*self.signed certificate/,
  };
  await assert.rejects(asked(t, 'unknown.json', described({})), refusal);
  await assert.rejects(asked(t, 'spec.spec', 'https://127.0.0.1:PORT'), refusal);
  const other = described({ CAFile: join(dir, 'engine.pem') });
  await assert.rejects(asked(t, 'other.json', other), refusal);
  const [CertFile, KeyFile] = [join(dir, 'engine.pem'), join(dir, 'engine.key')];
  const trusting = described({ InsecureSkipVerify: true, CertFile, KeyFile });
  assert.deepEqual(await asked(t, 'trusting.json', trusting), { caller: 'engine' });
});

test('a certificate that is not there is named', async (t) => {
  const absent = described({ CAFile: join(dir, 'absent.pem') });
  await assert.rejects(asked(t, 'lacking.json', absent), { message: /ENOENT.*absent\.pem/ });
});
