import { AppError, messageOf } from '../../base/index.ts';
import { Authorization, parseChallenge } from './authorization.ts';
import { hostsOf } from './hosts.ts';
import type { Credentials } from './options.ts';
import type { RegistryDeps } from './repository.ts';
import { readBody, Transport } from './transport.ts';

/** One repository that an index knows, as `GET /images/search` tells it. */
export type Found = {
  readonly name: string;
  readonly description: string;
  readonly star_count: number;
  readonly is_official: boolean;
  readonly is_automated: boolean;
};

/** `limit` 0 means 25. */
export type Search = { readonly term: string; readonly limit: number; readonly credentials: Credentials };

const hub = 'docker.io';
/** Docker Hub's index: its name is another than that of its images. */
const hubIndex = new URL('https://index.docker.io/v1/');
const usualLimit = 25;
const mostResults = 100;
const answerLimit = 4 << 20;
/** What Docker asks an authorization server for. */
const scope = 'registry:catalog:search';

/**
 * Asks the index of a registry, Docker Hub's unless the term begins with another one's name: the search of the registry's
 * first protocol, GET /v1/search, which Docker has never replaced. Throws `invalid`.
 */
export async function searchIndex(
  { term, limit, credentials }: Search,
  deps: RegistryDeps,
  signal: AbortSignal,
): Promise<readonly Found[]> {
  if (term.includes('://'))
    throw new AppError('invalid', `invalid repository name: repository name (${term}) should not have a scheme`);
  if (limit < 0 || limit > mostResults)
    throw new AppError('invalid', `limit ${limit} is outside the range of [1, ${mostResults}]`);
  const { domain, words } = splitTerm(term);
  await using asked = await reach(domain, deps, signal);
  const url = new URL('search', asked.index);
  url.search = new URLSearchParams({ q: words, n: String(limit === 0 ? usualLimit : limit) }).toString();
  const answer = await ask(asked.transport, url, credentials);
  if (answer.status !== 200) {
    answer.message.resume();
    throw new AppError('internal', `unexpected status code ${answer.status}`);
  }
  return resultsOf((await readBody(answer.message, answerLimit)).toString());
}

/** What stands before the first slash is an index where it looks like a host's name. */
function splitTerm(term: string): { readonly domain: string; readonly words: string } {
  const [first = '', ...rest] = term.split('/');
  const named = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const domain = named && first !== `index.${hub}` ? first : hub;
  const words = named ? rest.join('/') : term;
  return { domain, words: domain === hub ? words.replace(/^library\//, '') : words };
}

type Reached = AsyncDisposable & { readonly index: URL; readonly transport: Transport };

/** Docker Hub is known to be there; others are asked first, by TLS and, where that is allowed, without. */
async function reach(domain: string, deps: RegistryDeps, signal: AbortSignal): Promise<Reached> {
  const options = deps.options();
  const open = (index: URL, verify: boolean): Reached => {
    const transport = new Transport({ verify, certificates: options.certificates, signal, agent: deps.agent });
    return { index, transport, [Symbol.asyncDispose]: async () => transport[Symbol.dispose]() };
  };
  if (domain === hub) return open(hubIndex, true);
  const failures: string[] = [];
  for (const { base, verify } of await hostsOf(domain, options)) {
    const reached = open(new URL('/v1/', base), verify);
    try {
      const { message } = await reached.transport.ask(new URL('_ping', reached.index), { method: 'GET' });
      message.resume();
      return reached;
    } catch (error) {
      await reached[Symbol.asyncDispose]();
      failures.push(messageOf(error));
    }
  }
  throw new AppError('invalid', unreachable(domain, failures));
}

function unreachable(domain: string, [https = '', http]: readonly string[]): string {
  const at = `https://${domain}/v1/`;
  if (http !== undefined) return `invalid registry endpoint "${at}". HTTPS attempt: ${https}. HTTP attempt: ${http}`;
  return (
    `invalid registry endpoint ${at}: ${https}. If this private registry supports only HTTP or HTTPS with an unknown CA ` +
    `certificate, add \`--insecure-registry ${domain}\` to the daemon's arguments. In the case of HTTPS, if you have ` +
    `access to the registry's CA certificate, no need for the flag; place the CA certificate at ` +
    `/etc/docker/certs.d/${domain}/ca.crt`
  );
}

async function ask(transport: Transport, url: URL, credentials: Credentials) {
  const first = await transport.ask(url, { method: 'GET' });
  const challenge = parseChallenge(first.message.headers['www-authenticate']);
  if (first.status !== 401 || challenge === undefined) return first;
  first.message.resume();
  const value = await new Authorization(transport, credentials).header(challenge, [scope]);
  return await transport.ask(url, { method: 'GET', headers: value === undefined ? {} : { Authorization: value } });
}

function resultsOf(text: string): readonly Found[] {
  let body: { results?: readonly Partial<Found>[] | null };
  try {
    body = JSON.parse(text) as typeof body;
  } catch (error) {
    throw new AppError('internal', `error decoding registry search results: ${messageOf(error)}`, { cause: error });
  }
  return (body.results ?? []).map((one) => ({
    name: one.name ?? '',
    description: one.description ?? '',
    star_count: one.star_count ?? 0,
    is_official: one.is_official === true,
    is_automated: false, // Docker does not believe it any more
  }));
}
