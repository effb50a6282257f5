import * as v from 'valibot';
import { command, consoleSize, flag, parseBody, text, texts } from './fields.ts';
import type { DeepReadonly } from './readonly.ts';

const createBody = v.object({
  /** Of the client's; `start` says it again. */
  Detach: flag,
  User: text,
  Privileged: flag,
  Tty: flag,
  ConsoleSize: v.nullish(consoleSize, null),
  AttachStdin: flag,
  AttachStdout: flag,
  AttachStderr: flag,
  DetachKeys: text,
  Env: texts,
  WorkingDir: text,
  /** null: nothing to run, which is refused: "No exec command specified". */
  Cmd: command,
});
const startBody = v.object({ Detach: flag, Tty: flag, ConsoleSize: v.nullish(consoleSize, null) });

export type ExecCreateBody = DeepReadonly<v.InferOutput<typeof createBody>>;
export type ExecStartBody = DeepReadonly<v.InferOutput<typeof startBody>>;

/** Body of `POST /containers/{id}/exec`. Throws `invalid`. */
export const parseExecCreate = (body: unknown): ExecCreateBody => parseBody(createBody, body);
/** Body of `POST /exec/{id}/start`. Throws `invalid`. */
export const parseExecStart = (body: unknown): ExecStartBody => parseBody(startBody, body);

/** Answer of `GET /exec/{id}/json`. */
export type ExecInspect = {
  readonly ID: string;
  readonly Running: boolean;
  /** null until the process has ended. */
  readonly ExitCode: number | null;
  readonly Pid: number;
  readonly ContainerID: string;
  readonly ProcessConfig: {
    readonly tty: boolean;
    readonly entrypoint: string;
    readonly arguments: readonly string[];
    readonly privileged: boolean;
    readonly user?: string;
  };
  readonly OpenStdin: boolean;
  readonly OpenStdout: boolean;
  readonly OpenStderr: boolean;
  readonly CanRemove: boolean;
  readonly DetachKeys: string;
};
