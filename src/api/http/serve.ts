import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import type { Log } from '../../base/index.ts';
import { AppError } from '../../base/index.ts';
import { failureOf } from '../status.ts';
import { Call } from './call.ts';
import { breakOff, type Client } from './client.ts';
import { checkJsonType, collect, decodeJson, hasBody, jsonLimit } from './json-body.ts';
import { dropRest, rawBody } from './raw-body.ts';
import { empty, json } from './reply.ts';
import type { Match, Router } from './router.ts';
import { takeUpgradeBody } from './upgrade-body.ts';

/** Answers one request. Never throws and never leaves a client without an answer. */
export async function serve(
  router: Router,
  log: Log,
  request: IncomingMessage,
  response: ServerResponse,
  upgrade?: Duplex,
) {
  const began = performance.now();
  let client: Client = { request, response, upgrade, log, version: '' };
  try {
    if (request.method === 'OPTIONS') return empty(200)(client); // as Docker does, whatever is asked about
    const match = router.match(request.method ?? '', request.url ?? '');
    client = { ...client, version: match.version };
    const reply = await match.route.handle(callOf(match, client));
    await reply(client);
  } catch (error) {
    fail(client, error);
  } finally {
    if (upgrade === undefined && response.writableEnded) dropRest(request);
    const ms = (performance.now() - began).toFixed(1);
    log.debug(`${request.method} ${request.url?.slice(0, 200)} ${response.statusCode} ${ms} ms`);
  }
}

function callOf({ params, query, version }: Match, client: Client): Call {
  const { request, upgrade } = client;
  return new Call({
    params,
    query,
    version,
    signal: goneSignal(client),
    stream: () => rawBody(request),
    headers: request.headers,
    json: () => readJson(request, upgrade),
    skipBody: async () => {
      if (upgrade && hasBody(request.headers)) await takeUpgradeBody(upgrade, request.headers, jsonLimit);
    },
  });
}

async function readJson(request: IncomingMessage, upgrade: Duplex | undefined): Promise<unknown> {
  checkJsonType(request.headers);
  if (!hasBody(request.headers)) return undefined;
  if (upgrade) return decodeJson(await takeUpgradeBody(upgrade, request.headers, jsonLimit));
  return decodeJson(await collect(request as Readable, jsonLimit));
}

function goneSignal({ response, upgrade }: Client): AbortSignal {
  const controller = new AbortController();
  const source = upgrade ?? response;
  source.once('close', () => controller.abort(new AppError('unavailable', 'the client is gone')));
  return controller.signal;
}

function fail(client: Client, error: unknown): void {
  const { response, request, log, upgrade } = client;
  const { status, message } = failureOf(error);
  if (status === 500) log.error(`${request.method} ${request.url}: ${message}`);
  const headIsOut = response.headersSent || (upgrade !== undefined && !response.socket);
  if (response.destroyed || headIsOut) breakOff(client);
  else void (status === 304 ? empty(304) : json(status, { message }))(client);
}
