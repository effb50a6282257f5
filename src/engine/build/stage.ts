import { createHash } from 'node:crypto';
import { shortId } from '../../base/index.ts';
import { BuildArgs, expandWord, type Instruction, type RunConfig, type Variables } from '../../build/index.ts';
import type { BuildOptions } from '../../contract/index.ts';
import type { Parts } from '../parts.ts';
import type { HistoryCache } from './history-cache.ts';
import type { Write } from './output.ts';

/** What every step of a build works with. */
export type Build = {
  readonly parts: Parts;
  readonly options: BuildOptions;
  /** The files it was given. */
  readonly context: string;
  readonly write: Write;
  readonly signal: AbortSignal;
  /** The image of an earlier stage, by name or number; undefined when there is no such stage. */
  readonly stageImage: (ref: string) => string | undefined;
  /** An image by name, brought from its registry when need be. */
  readonly baseImage: (ref: string) => Promise<string>;
  readonly histories: HistoryCache;
  readonly escapeWith: string;
};

/** Where one stage of a build stands: the image so far, and what its configuration is to be. */
export class StageState {
  readonly build: Build;
  readonly args: BuildArgs;
  /** Undefined while nothing is in it (FROM scratch). */
  image: string | undefined;
  config: RunConfig;
  author = '';
  /** A CMD of this stage survives an ENTRYPOINT after it. */
  setsCommand = false;
  /** From the first step that was not found in the cache on, nothing is looked for there. */
  #missed = false;

  constructor(build: Build, image: string | undefined, config: RunConfig, globals: ReadonlyMap<string, string>) {
    this.build = build;
    this.image = image;
    this.config = config;
    this.args = new BuildArgs(new Map(Object.entries(build.options.args)), globals);
  }

  get env(): readonly string[] {
    return this.config.Env ?? [];
  }

  /** Arguments and variables; a variable hides an argument of its name. */
  get variables(): Variables {
    const pairs = this.env.map((line): [string, string] => {
      const equals = line.indexOf('=');
      return equals < 0 ? [line, ''] : [line.slice(0, equals), line.slice(equals + 1)];
    });
    return new Map([...this.args.active(this.env), ...pairs]);
  }

  expand = (word: string): string => expandWord(word, this.variables, this.build.escapeWith);

  /** The image that this step made earlier, taken up and told. */
  async fromCache(createdBy: string): Promise<boolean> {
    const { parts, options, histories, write } = this.build;
    if (options.noCache || this.#missed) return false;
    const key = this.#key(createdBy);
    const found =
      parts.images.cached(this.image, key)?.id ?? (await histories.restore(this.image, createdBy, this.config, key));
    if (found === undefined) {
      this.#missed = true;
      return false;
    }
    await write({ stream: ' ---> Using cache\n' });
    this.image = found;
    return true;
  }

  /** Makes the image after this step. */
  async commit(createdBy: string, layer?: ReturnType<Parts['images']['rootfs']['layer']>): Promise<void> {
    const { author, config } = this;
    const cacheKey = this.#key(createdBy);
    this.image = await this.build.parts.images.extend({
      parent: this.image,
      layer,
      config,
      author,
      createdBy,
      cacheKey,
    });
  }

  async tellImage(): Promise<void> {
    const id = this.image === undefined ? '' : shortId(this.image.slice('sha256:'.length));
    await this.build.write({ stream: ` ---> ${id}\n` });
  }

  /** Equal for steps that do the same in the same state; the image below is compared beside it. */
  #key(createdBy: string): string {
    return createHash('sha256')
      .update(JSON.stringify([createdBy, this.config, this.author]))
      .digest('hex');
  }
}

/** How the history tells a step that runs nothing. */
export function toldStep({ Shell = ['/bin/sh', '-c'] }: RunConfig, text: string): string {
  return `${Shell.join(' ')} #(nop) ${text}`;
}

export type Step = (stage: StageState, instruction: Instruction) => Promise<void>;
