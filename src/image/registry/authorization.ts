import { AppError } from '../../base/index.ts';
import type { Credentials } from './options.ts';
import { refusalOf } from './registry-error.ts';
import { readBody, type Transport } from './transport.ts';

/** What a 401 asks for: RFC 7235, and the token protocol of distribution. */
export type Challenge = { readonly scheme: 'basic' | 'bearer'; readonly values: Readonly<Record<string, string>> };

/** The first scheme of a WWW-Authenticate header that we know. */
export function parseChallenge(header: string | undefined): Challenge | undefined {
  const found = /\b(basic|bearer)\b\s*(.*)/i.exec(header ?? '');
  if (found === null) return undefined;
  const values: Record<string, string> = {};
  for (const [, name, quoted, plain] of found[2]!.matchAll(/([a-z_]+)=(?:"([^"]*)"|([^\s,"]+))/gi))
    values[name!.toLowerCase()] = quoted ?? plain ?? '';
  return { scheme: found[1]!.toLowerCase() as Challenge['scheme'], values };
}

/** The registry wants a name and a password, and the client sent none. */
export class NoCredentials extends AppError {
  constructor() {
    super('internal', 'no basic auth credentials');
  }
}

const tokenLimit = 1 << 20;
/** Asked for anew a little before it ends. */
const marginMs = 10_000;
const shortestMs = 60_000;

/** Answers a registry's challenge with a client's credentials. Tokens are kept for as long as they hold. */
export class Authorization {
  readonly #transport: Transport;
  readonly #credentials: Credentials;
  readonly #tokens = new Map<string, { readonly token: string; readonly until: number }>();

  constructor(transport: Transport, credentials: Credentials) {
    this.#transport = transport;
    this.#credentials = credentials;
  }

  /** The header's value for what is to be done; `scope` as "repository:library/busybox:pull". */
  async header(challenge: Challenge, scopes: readonly string[]): Promise<string | undefined> {
    const { registryToken } = this.#credentials;
    if (registryToken !== undefined && registryToken !== '') return `Bearer ${registryToken}`;
    if (challenge.scheme === 'basic') {
      const basic = this.#basic();
      if (basic === undefined) throw new NoCredentials();
      return basic;
    }
    const key = scopes.join(' ');
    const known = this.#tokens.get(key);
    if (known !== undefined && known.until > Date.now()) return `Bearer ${known.token}`;
    const { token, seconds } = await this.#fetch(challenge, scopes);
    this.#tokens.set(key, { token, until: Date.now() + Math.max(seconds * 1000, shortestMs) - marginMs });
    return `Bearer ${token}`;
  }

  /** A token was refused: the next one is asked for. */
  forget(): void {
    this.#tokens.clear();
  }

  #basic(): string | undefined {
    const { username, password } = this.#credentials;
    if (!username) return undefined;
    return `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`;
  }

  async #fetch({ values }: Challenge, scopes: readonly string[]): Promise<{ token: string; seconds: number }> {
    if (values['realm'] === undefined)
      throw new AppError('internal', 'the registry asks for a token, but not from whom');
    const url = new URL(values['realm']);
    const { identityToken, username } = this.#credentials;
    const answer = identityToken
      ? await this.#refresh(url, values, scopes)
      : await this.#ask(url, values, scopes, username);
    const text = (await readBody(answer.message, tokenLimit)).toString();
    if (answer.status !== 200) throw refusalOf(answer.status, answer.reason, text);
    const body = JSON.parse(text) as { token?: string; access_token?: string; expires_in?: number };
    const token = body.token ?? body.access_token;
    if (token === undefined)
      throw new AppError('internal', `${url.href}: authorization server did not include a token`);
    return { token, seconds: body.expires_in ?? 60 };
  }

  #ask(url: URL, values: Challenge['values'], scopes: readonly string[], account: string | undefined) {
    if (values['service'] !== undefined) url.searchParams.set('service', values['service']);
    for (const scope of scopes) url.searchParams.append('scope', scope);
    if (account) url.searchParams.set('account', account);
    const basic = this.#basic();
    return this.#transport.ask(url, { method: 'GET', headers: basic === undefined ? {} : { Authorization: basic } });
  }

  #refresh(url: URL, values: Challenge['values'], scopes: readonly string[]) {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      service: values['service'] ?? '',
      client_id: 'portolan',
      scope: scopes.join(' '),
      refresh_token: this.#credentials.identityToken!,
    });
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    return this.#transport.ask(url, { method: 'POST', headers, body: Buffer.from(form.toString()) });
  }
}
