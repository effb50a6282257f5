import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Result, run } from '../../lab/command.ts';
import type { LabEngine } from '../../lab/index.ts';

/** A folder with an application in it, and compose to run there. */
export class Project implements Disposable {
  readonly name: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'ptl-compose-'));
  readonly #engine: LabEngine;
  readonly #compose: string;

  /** `compose` is the program's path. */
  constructor(engine: LabEngine, compose: string, name: string) {
    this.#engine = engine;
    this.#compose = compose;
    this.name = name;
  }

  write(application: string): void {
    writeFileSync(join(this.#folder, 'docker-compose.yml'), application);
  }

  compose(...args: readonly string[]): Promise<Result> {
    const files = ['--project-directory', this.#folder, '-f', join(this.#folder, 'docker-compose.yml')];
    const env = { ...this.#engine.environment, COMPOSE_PROJECT_NAME: this.name };
    return run(this.#compose, [...files, ...args], { env, timeoutMs: 120_000 });
  }

  /** The same for what must succeed: standard output, trimmed. */
  async ok(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.compose(...args);
    assert.equal(code, 0, `compose ${args.join(' ')}: ${stderr}${stdout}`);
    return stdout.trim();
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
