import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type ClientRequest, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import type { RequestOptions as TlsOptions } from 'node:https';
import type { PluginAddress, PluginTls } from './spec.ts';

/** What a plugin said: its status and its body as text. */
export type Answer = { readonly status: number; readonly body: string };

/** As plugins of this protocol ask for it; they tell by it which fields they may use. */
const mimeType = 'application/vnd.docker.plugins.v1.2+json';
/** Bytes: more than any answer of the protocol has. A plugin that goes mad must not fill our memory. */
const maxAnswer = 4 << 20;

/** One POST over a connection of its own. Rejects when nobody answers, or not within `timeoutMs`. */
export async function post(address: PluginAddress, path: string, body: unknown, timeoutMs: number): Promise<Answer> {
  const payload = JSON.stringify(body);
  const options: RequestOptions = {
    method: 'POST',
    path,
    agent: false,
    headers: { accept: mimeType, 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) },
    signal: AbortSignal.timeout(timeoutMs),
  };
  const request = await open(address, options);
  // The first failure is what `once` tells; one that follows the answer is the answer's own.
  request.on('error', () => {});
  request.end(payload);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, body: await textOf(response) };
}

async function open(address: PluginAddress, options: RequestOptions): Promise<ClientRequest> {
  // The name of a socket's file is no host name: a Host header of our own keeps every server content.
  if (address.type === 'unix') return httpRequest({ ...options, socketPath: address.path, host: 'plugin' });
  const { host, port, tls } = address;
  if (tls === undefined) return httpRequest({ ...options, host, port });
  const https = await import('node:https');
  return https.request({ ...options, host, port, ...(await tlsOptions(tls)) });
}

async function tlsOptions({ authority, certificate, key, insecure }: PluginTls): Promise<TlsOptions> {
  const [ca, cert, keyText] = await Promise.all(
    [authority, certificate, key].map((path) => (path === undefined ? undefined : readFile(path))),
  );
  return {
    rejectUnauthorized: !insecure,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(keyText === undefined ? {} : { key: keyText }),
  };
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxAnswer) throw new Error(`the answer has more than ${maxAnswer} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
