import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, messageOf } from '../../base/index.ts';
import { parseExecCreate } from '../../contract/index.ts';
import type { ExecHandle } from '../../runtime/index.ts';
import type { Execs } from '../exec/execs.ts';
import type { Check } from './check.ts';
import { ProbeOutput } from './output.ts';
import type { Result } from './verdict.ts';

const plain = { detach: false, tty: false, consoleSize: undefined };
/** As Docker records a probe that gave no exit code: it could not run, or took too long. */
const noCode = -1;

/** Runs the check once in a container. Never throws: what goes wrong is a result. `stop` ends it early. */
export async function probe(execs: Execs, container: string, check: Check, stop: AbortController): Promise<Result> {
  const Start = new Date().toISOString();
  const output = new ProbeOutput();
  const result = (ExitCode: number, Output: string): Result => {
    return { Start, End: new Date().toISOString(), ExitCode, Output };
  };
  try {
    const body = parseExecCreate({ Cmd: check.args, AttachStdout: true, AttachStderr: true });
    const { Id } = await execs.create(container, body);
    using _record = { [Symbol.dispose]: () => execs.forget(Id) };
    const handle = await execs.launch(Id, plain);
    const reading = handle.attach().then((attachment) => output.read(attachment.output));
    const code = await codeWithin(handle, check.timeoutMs, stop);
    if (code !== undefined) {
      await reading;
      return result(code, output.text);
    }
    reading.catch(() => {});
    const late = `Health check exceeded timeout (${goDuration(check.timeoutMs)})`;
    return result(noCode, output.text === '' ? late : `${late}: ${output.text}`);
  } catch (error) {
    return result(noCode, messageOf(error));
  }
}

/** The exit code; undefined when there was none in time, and the process is killed. */
async function codeWithin(handle: ExecHandle, ms: number, stop: AbortController): Promise<number | undefined> {
  const late = sleep(ms, undefined, { signal: stop.signal, ref: false }).catch(() => undefined);
  const code = await Promise.race([handle.exit.then((exit) => exit.code), late]);
  stop.abort(); // the timer
  if (code === undefined) kill(handle.pid);
  return code;
}

/** It is our child until its exit is known, so the number is still its own. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

/** As Go prints a duration: 1.5s, 2m0s, 1h0m0s, 500ms. */
export function goDuration(ms: number): string {
  if (ms < 1000) return `${ms}ms`;
  const seconds = (ms % 60_000) / 1000;
  const minutes = Math.floor(ms / 60_000);
  if (minutes === 0) return `${seconds}s`;
  return minutes < 60 ? `${minutes}m${seconds}s` : `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}s`;
}
