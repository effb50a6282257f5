import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { digestOf } from '../content.ts';
import type { RegistryDeps } from './repository.ts';

const type = 'application/vnd.docker.distribution.manifest.v2+json';
const manifest = JSON.stringify({ schemaVersion: 2, mediaType: type });

export type FakeRegistry = AsyncDisposable & { readonly url: string; readonly asked: readonly string[] };
type Stumble = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * For tests of failures: a registry on loopback with one manifest under every name, below `prefix`. `stumble` answers
 * true when it dealt with the request itself.
 */
export async function fakeRegistry(stumble: Stumble = () => false, prefix = ''): Promise<FakeRegistry> {
  const asked: string[] = [];
  const answer: RequestListener = (request, response) => {
    const { method, url = '' } = request;
    asked.push(`${method} ${url}`);
    request.resume();
    if (stumble(request, response)) return;
    if (!url.startsWith(`${prefix}/v2/`)) response.writeHead(404).end();
    else if (url.includes('/manifests/')) response.writeHead(200, { 'Content-Type': type }).end(manifest);
    else response.writeHead(200).end('{}');
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The digest of what a fake registry has. */
export const fakeDigest = digestOf(Buffer.from(manifest));

const silent = () => {};

/** What clients in tests are put together from. */
export function fakeDeps(mirrors: readonly string[], certificates = '/nowhere'): RegistryDeps {
  return {
    options: () => ({ insecure: [], mirrors, certificates }),
    agent: 'test',
    log: { debug: silent, info: silent, warn: silent, error: silent } as unknown as RegistryDeps['log'],
  };
}
