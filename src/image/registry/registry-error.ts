import { AppError } from '../../base/index.ts';
import { familiar, familiarName, type Reference } from '../reference.ts';

/** What a registry answered instead of what was asked for; the text is distribution's: "manifest unknown: …". */
export class RegistryError extends Error {
  override readonly name: string = 'RegistryError';
  /** "MANIFEST_UNKNOWN", "DENIED", …; empty when the body said none. */
  readonly code: string;
  readonly status: number;
  /** What the registry asks us to wait; undefined when it did not say. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, code: string, message: string, retryAfterMs?: number) {
    super(code === '' ? message : `${code.toLowerCase().replaceAll('_', ' ')}: ${message}`);
    this.code = code;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }

  /** Worth another try: too many requests, or the registry's own trouble. */
  get passing(): boolean {
    return this.status === 429 || this.status >= 500;
  }
}

/** Retry-After (RFC 9110, 10.2.3) in milliseconds: seconds or a date. */
export function retryAfterOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** Reads the body of a refusal: OCI distribution-spec, "Error Codes". */
export function refusalOf(status: number, reason: string, body: string, retryAfter?: string): RegistryError {
  const pause = retryAfterOf(retryAfter);
  try {
    const [first] = (JSON.parse(body) as { errors?: readonly { code?: string; message?: string }[] }).errors ?? [];
    if (first?.code !== undefined) return new RegistryError(status, first.code, first.message ?? '', pause);
  } catch {
    // not JSON: a proxy's page
  }
  if (status === 401) return new RegistryError(status, 'UNAUTHORIZED', 'authentication required');
  return new RegistryError(status, '', `received unexpected HTTP status: ${status} ${reason}`, pause);
}

/**
 * A refusal of a pull in Docker's words and with its status: clients tell "no such image" by them. One for want of
 * credentials is no 401: that would be about this engine, and the command line would ask for a password and try again.
 */
export function pullFailure(error: unknown, ref: Reference): unknown {
  if (!(error instanceof RegistryError)) return error;
  const name = familiar(ref);
  const asNotFound = (text: string): AppError =>
    new AppError('not-found', `${text}: ${error.message}`, { cause: error });
  const login = "repository does not exist or may require 'docker login'";
  switch (error.code) {
    case 'DENIED':
      return asNotFound(`pull access denied for ${familiarName(ref)}, ${login}`);
    case 'MANIFEST_UNKNOWN':
      return asNotFound(`manifest for ${name} not found`);
    case 'NAME_UNKNOWN':
      return asNotFound(`repository ${familiarName(ref)} not found`);
  }
  if (error.status === 404) return asNotFound(`manifest for ${name} not found`);
  return error;
}
