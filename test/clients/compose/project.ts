import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Result, run } from '../../lab/command.ts';
import type { LabEngine } from '../../lab/index.ts';

/** A command that goes on, and what it has said so far on standard output. */
export type Spoken = { readonly text: () => string; readonly end: () => Promise<void> };

/** A folder with an application in it, and compose to run there. */
export class Project implements Disposable {
  readonly name: string;
  readonly folder = mkdtempSync(join(tmpdir(), 'ptl-compose-'));
  readonly #engine: LabEngine;
  readonly #compose: string;

  /** `compose` is the program's path. */
  constructor(engine: LabEngine, compose: string, name: string) {
    this.#engine = engine;
    this.#compose = compose;
    this.name = name;
  }

  write(application: string): void {
    writeFileSync(join(this.folder, 'docker-compose.yml'), application);
  }

  /** Its own way to build needs BuildKit, which it would fetch from a registry. Debian's 1.29 asks for any version. */
  get #env(): Readonly<Record<string, string>> {
    const own = { COMPOSE_PROJECT_NAME: this.name, COMPOSE_API_VERSION: '1.38', DOCKER_BUILDKIT: '0' };
    return { ...this.#engine.environment, ...own };
  }

  #args(args: readonly string[]): string[] {
    return ['--project-directory', this.folder, '-f', join(this.folder, 'docker-compose.yml'), ...args];
  }

  compose(...args: readonly string[]): Promise<Result> {
    return run(this.#compose, this.#args(args), { env: this.#env, timeoutMs: 120_000 });
  }

  /** For the caller to end, unless it does by itself. */
  spawn(...args: readonly string[]): Spoken {
    const child = spawn(this.#compose, this.#args(args), {
      env: { ...process.env, ...this.#env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    const ended = once(child, 'exit');
    const end = async (): Promise<void> => {
      child.kill('SIGKILL');
      await ended;
    };
    return { text: () => text, end };
  }

  /** The same for what must succeed: standard output, trimmed. */
  async ok(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.compose(...args);
    assert.equal(code, 0, `compose ${args.join(' ')}: ${stderr}${stdout}`);
    return stdout.trim();
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
