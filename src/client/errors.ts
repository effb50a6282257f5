/** The engine answered with a refusal: its HTTP status and its own message. */
export class ApiError extends Error {
  override readonly name: string = 'ApiError';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Why no engine could be reached. `lost`: the connection broke after it was made. */
export type ConnectFailure = 'no-socket' | 'refused' | 'permission' | 'lost';

/** The engine could not be reached, or went away in the middle of an answer. */
export class ConnectError extends Error {
  override readonly name: string = 'ConnectError';
  readonly failure: ConnectFailure;
  readonly socketPath: string;
  constructor(failure: ConnectFailure, socketPath: string, cause: unknown) {
    super(`cannot reach the engine at unix://${socketPath}: ${failure}`, { cause });
    this.failure = failure;
    this.socketPath = socketPath;
  }
}

const failures: Readonly<Record<string, ConnectFailure>> = {
  ENOENT: 'no-socket',
  ENOTDIR: 'no-socket',
  ENOTSOCK: 'no-socket',
  ECONNREFUSED: 'refused',
  EACCES: 'permission',
  EPERM: 'permission',
};

/** Tells a failed connect(2) by its errno name; anything else counts as a lost connection. */
export function connectError(socketPath: string, cause: unknown): ConnectError {
  const code = (cause as { code?: unknown } | undefined)?.code;
  return new ConnectError(failures[String(code)] ?? 'lost', socketPath, cause);
}
