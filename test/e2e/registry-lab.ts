import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LabHost, must } from '../lab/index.ts';
import { until } from '../lab/until.ts';

export type RegistryOptions = {
  readonly port: number;
  /** Whether it wants the name `sailor` and the password `secret`. */
  readonly login?: boolean;
  readonly tls?: { readonly cert: string; readonly key: string };
};

/** bcrypt of "secret", the only kind of hash that the registry takes: perl -e 'print crypt("secret", q($2y$05$abcdefghijklmnopqrstuu))' */
const secret = '$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a';

/** Debian's docker-registry in a lab host, with its data below `folder`. Ended with the lab. */
export async function startRegistry(host: LabHost, folder: string, options: RegistryOptions): Promise<void> {
  const { port, login, tls } = options;
  const home = join(folder, `registry-${port}`);
  mkdirSync(join(home, 'data'), { recursive: true });
  writeFileSync(join(home, 'htpasswd'), `sailor:${secret}\n`);
  const config = {
    version: 0.1,
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(home, 'data') }, delete: { enabled: true } },
    http: { addr: `:${port}`, secret: 'lab', ...(tls ? { tls: { certificate: tls.cert, key: tls.key } } : {}) },
    ...(!login ? {} : { auth: { htpasswd: { realm: 'lab', path: join(home, 'htpasswd') } } }),
  };
  writeFileSync(join(home, 'config.yml'), JSON.stringify(config)); // JSON is YAML
  host.spawn('docker-registry', ['serve', join(home, 'config.yml')], { stdio: 'ignore' });
  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${port}/v2/`;
  await until(
    `a registry on port ${port}`,
    async () => (await host.exec('curl', ['-sk', '-o', '/dev/null', url])).code === 0,
  );
}

/** A self-signed certificate for an address, in `folder`. */
export async function certificateFor(address: string, folder: string): Promise<{ cert: string; key: string }> {
  const [cert, key] = [join(folder, 'lab.crt'), join(folder, 'lab.key')];
  const subject = ['-subj', '/CN=lab', '-addext', `subjectAltName=IP:${address}`];
  await must('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-keyout',
    key,
    '-out',
    cert,
    ...subject,
  ]);
  return { cert, key };
}

/** Passes connections on to `to`, and breaks the first `cuts` of them that carry much off after `bytes` of answer. */
const breaker = `
  const { createServer, connect } = require('node:net');
  const [from, to, cuts, bytes] = process.argv.slice(1).map(Number);
  let left = cuts;
  createServer((client) => {
    let passed = 0;
    const server = connect(to, '127.0.0.1');
    const end = () => { client.destroy(); server.destroy(); };
    for (const socket of [client, server]) socket.on('error', end).on('close', end);
    client.pipe(server);
    server.on('data', (chunk) => {
      passed += chunk.length;
      client.write(chunk);
      if (passed > bytes && left > 0) { left--; setTimeout(end, 20); }
    });
  }).listen(from);
`;

export async function startBreaker(
  host: LabHost,
  from: number,
  to: number,
  cuts: number,
  bytes: number,
): Promise<void> {
  host.spawn(process.execPath, ['-e', breaker, '--', ...[from, to, cuts, bytes].map(String)], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${from}/v2/`;
  await until(
    `a way on port ${from}`,
    async () => (await host.exec('curl', ['-s', '-o', '/dev/null', url])).code === 0,
  );
}
