import { AppError } from '../../base/index.ts';

/** What the command line client takes for "cannot run" (126) and "not found" (127). */
const commandCannotRun =
  /executable file not found|no such file or directory|permission denied|not a directory|is a directory|exec format error/;

/** A container that could not be created, in the words Docker has for it. `reason` is the OCI runtime's. */
export function createFailure(reason: string): AppError {
  return failure(`failed to create task for container: failed to create shim task: OCI runtime create failed`, reason);
}

/** A process that could not join a container. */
export function execFailure(reason: string): AppError {
  return failure('OCI runtime exec failed', reason);
}

function failure(prefix: string, reason: string): AppError {
  const text = plain(reason);
  return new AppError(commandCannotRun.test(text) ? 'invalid' : 'internal', `${prefix}: ${text}: unknown`);
}

/** The last message: the runtime prints one line of text, or of logfmt when it has no log of its own. */
function plain(reason: string): string {
  const lines = reason.trim().split('\n');
  const message = /level=error msg="((?:[^"\\]|\\.)*)"/.exec(lines.at(-1) ?? '')?.[1];
  return message === undefined ? lines.join(' ') : message.replace(/\\(.)/g, '$1');
}
