import { AppError, type ErrorKind, messageOf } from '../base/index.ts';

/** The one place where an error becomes an HTTP status. A new kind does not compile until it has a row. */
const statusOf = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  'not-acceptable': 406,
  conflict: 409,
  'not-modified': 304,
  internal: 500,
  'not-implemented': 501,
  unavailable: 503,
} as const satisfies Record<ErrorKind, number>;

export type Failure = { readonly status: number; readonly message: string };

/** The status and text for anything thrown. Looks through causes, and through a failed undo to what it followed. */
export function failureOf(error: unknown): Failure {
  for (let e = error, depth = 0; e instanceof Error && depth < 16; depth++) {
    if (e instanceof AppError) return { status: statusOf[e.kind], message: e.message };
    e = e instanceof SuppressedError ? e.suppressed : e.cause;
  }
  return { status: 500, message: messageOf(error) };
}
