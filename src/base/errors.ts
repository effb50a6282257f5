/**
 * What a failure means to a caller: the only classification in the code base.
 * `api/status.ts` is the one place that turns a kind into an HTTP status.
 */
export type ErrorKind =
  | 'invalid'
  | 'not-found'
  | 'conflict'
  | 'forbidden'
  | 'not-modified'
  | 'not-implemented'
  | 'not-acceptable'
  | 'unauthorized'
  | 'unavailable'
  | 'internal';

/** A refusal with a meaning. The message says what was wanted, what was found, and what to do. */
export class AppError extends Error {
  override readonly name: string = 'AppError';
  readonly kind: ErrorKind;
  constructor(kind: ErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** A refused system call or netlink request. It states facts; the layer above decides what they mean. */
export class SysError extends Error {
  override readonly name: string = 'SysError';
  /** The call: "setns", "RTM_NEWLINK". */
  readonly op: string;
  /** Positive, as in <asm-generic/errno.h>. */
  readonly errno: number;
  /** "EEXIST", from util.getSystemErrorName. */
  readonly code: string;
  constructor(op: string, errno: number, code: string, detail = '') {
    super(`${op}: ${code}${detail === '' ? '' : `: ${detail}`}`);
    this.op = op;
    this.errno = errno;
    this.code = code;
  }
}

/** The text to show for anything thrown, with the failures that led to it. */
export function messageOf(error: unknown): string {
  if (error instanceof SuppressedError) return messageOf(error.suppressed);
  if (error instanceof Error) return error.message;
  return String(error);
}

/** What was being done, before the reason why it was not. */
export function prefixed<T>(what: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof AppError) throw new AppError(error.kind, `${what}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** Whether `error`, or what caused it, is a refused system call with this errno name. */
export function hasCode(error: unknown, code: string): boolean {
  for (let e = error, depth = 0; e instanceof Error && depth < 8; e = e.cause, depth++) {
    if ((e as { code?: unknown }).code === code) return true;
  }
  return false;
}
