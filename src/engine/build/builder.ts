import { AppError, shortId } from '../../base/index.ts';
import {
  checkSyntax,
  expandWord,
  type Instruction,
  type Plan,
  parseDockerfile,
  parseInstruction,
  planStages,
  type RunConfig,
  rawWords,
  readArg,
  type Stage,
  stageIndex,
  unusedArgs,
} from '../../build/index.ts';
import type { BuildOptions } from '../../contract/index.ts';
import { checkPlatform } from '../create/platform.ts';
import type { Parts } from '../parts.ts';
import type { Lifecycle } from '../run/lifecycle.ts';
import { argStep, configStep, maintainerStep, workdirStep } from './config-step.ts';
import { copyStep } from './copy-step.ts';
import { HistoryCache } from './history-cache.ts';
import type { Write } from './output.ts';
import { runStep } from './run-step.ts';
import { type Build, StageState, type Step } from './stage.ts';

const defaultPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export type BuilderDeps = {
  readonly parts: Parts;
  readonly lifecycle: Lifecycle;
  readonly options: BuildOptions;
  readonly write: Write;
  readonly signal: AbortSignal;
  /** Brings an image from its registry. */
  readonly pull: (ref: string) => Promise<void>;
};

/** Goes through a Dockerfile, step by step (Docker's classic builder). Returns the image of the last stage. */
export class Builder {
  readonly #deps: BuilderDeps;
  readonly #context: string;
  readonly #plan: Plan;
  readonly #steps: Readonly<Record<string, Step>>;
  readonly #globals = new Map<string, string>();
  /** Images of the stages that are done. */
  readonly #done: { readonly name: string; readonly image: string | undefined }[] = [];
  #number = 0;
  readonly #total: number;

  /** Throws `invalid` for a Dockerfile that cannot be. */
  constructor(deps: BuilderDeps, context: { readonly root: string; readonly dockerfile: string }) {
    this.#deps = deps;
    this.#context = context.root;
    this.#plan = withLabels(planStages(parseDockerfile(context.dockerfile), deps.options.target), deps.options.labels);
    const { globals, stages } = this.#plan;
    for (const instruction of [...globals, ...stages.flatMap(({ steps }) => steps)]) checkSyntax(instruction);
    this.#total = globals.length + stages.reduce((sum, { steps }) => sum + 1 + steps.length, 0);
    this.#steps = {
      RUN: runStep(deps.lifecycle),
      COPY: copyStep,
      ADD: copyStep,
      ARG: argStep,
      MAINTAINER: maintainerStep,
      WORKDIR: workdirStep,
    };
  }

  async run(): Promise<string> {
    for (const global of this.#plan.globals) await this.#global(global);
    for (const stage of this.#plan.stages) await this.#stage(stage);
    const image = this.#done.at(-1)!.image;
    if (image === undefined) throw new AppError('invalid', 'No image was generated. Is your Dockerfile empty?');
    await this.#warnUnused();
    return image;
  }

  async #global(instruction: Instruction): Promise<void> {
    await this.#announce(instruction.text);
    const { args } = this.#deps.options;
    for (const word of rawWords(instruction.rest)) {
      const { name, value } = readArg(word, this.#globals, this.#plan.escapeWith);
      const chosen = args[name] ?? value;
      if (chosen !== undefined) this.#globals.set(name, chosen);
    }
  }

  async #stage(stage: Stage): Promise<void> {
    await this.#announce(stage.from.text);
    const base = expandWord(stage.base, this.#globals, this.#plan.escapeWith);
    if (base === '') throw new AppError('invalid', `base name (${stage.base}) should not be blank`);
    const state = await this.#begin(base);
    await state.tellImage();
    await this.#triggers(state);
    for (const instruction of stage.steps) {
      this.#deps.signal.throwIfAborted();
      await this.#announce(instruction.text);
      await this.#step(state, instruction);
      await state.tellImage();
    }
    this.#done.push({ name: stage.name, image: state.image });
  }

  async #begin(base: string): Promise<StageState> {
    const { parts, options } = this.#deps;
    const at = stageIndex(this.#done, base);
    const image =
      base.toLowerCase() === 'scratch'
        ? undefined
        : at === undefined
          ? await this.#baseImage(base)
          : this.#done[at]!.image;
    const document = image === undefined ? undefined : parts.images.get(image).document;
    if (document !== undefined) checkPlatform(base, document, options.platform);
    const build: Build = {
      ...this.#deps,
      context: this.#context,
      stageImage: (ref) => this.#earlier(ref),
      baseImage: (ref) => this.#baseImage(ref),
      histories: new HistoryCache(parts.images, options.cacheFrom),
      escapeWith: this.#plan.escapeWith,
    };
    return new StageState(build, image, startConfig(document?.config ?? {}), this.#globals);
  }

  /** Numbers are always stages: an image of that name would be a surprise. */
  #earlier(ref: string): string | undefined {
    const found = stageIndex(this.#done, ref);
    if (found !== undefined) return this.#done[found]!.image;
    if (!/^\d+$/.test(ref)) return undefined;
    const isCurrent = Number(ref) === this.#done.length;
    throw new AppError('invalid', isCurrent ? 'refers to current build stage' : 'index out of bounds');
  }

  async #baseImage(ref: string): Promise<string> {
    const { parts, options, pull } = this.#deps;
    if (options.pull) await pull(ref);
    try {
      return parts.images.get(ref).id;
    } catch (error) {
      if (!(error instanceof AppError && error.kind === 'not-found')) throw error;
      await pull(ref);
      return parts.images.get(ref).id;
    }
  }

  /** What the base image wants to be done by those built on it. */
  async #triggers(state: StageState): Promise<void> {
    const { OnBuild = [], ...config } = state.config;
    if (OnBuild.length === 0) return;
    state.config = config;
    await this.#deps.write({
      stream: `# Executing ${OnBuild.length} build trigger${OnBuild.length === 1 ? '' : 's'}\n`,
    });
    for (const text of OnBuild) await this.#step(state, parseInstruction({ text, number: 1 }));
  }

  async #step(state: StageState, instruction: Instruction): Promise<void> {
    await (this.#steps[instruction.name] ?? configStep)(state, instruction);
  }

  async #announce(text: string): Promise<void> {
    this.#number++;
    await this.#deps.write({ stream: `Step ${this.#number}/${this.#total} : ${text}` });
    await this.#deps.write({ stream: '\n' });
  }

  async #warnUnused(): Promise<void> {
    const { globals, stages } = this.#plan;
    const asked = [...globals, ...stages.flatMap(({ steps }) => steps)].filter(({ name }) => name === 'ARG');
    const names = new Set(asked.flatMap(({ rest }) => rawWords(rest).map((word) => word.split('=', 1)[0]!)));
    const unused = unusedArgs(new Map(Object.entries(this.#deps.options.args)), names);
    if (unused.length === 0) return;
    await this.#deps.write({ stream: `[Warning] One or more build-args [${unused.join(' ')}] were not consumed\n` });
  }
}

const startConfig = (config: RunConfig): RunConfig =>
  (config.Env ?? []).some((line) => line.startsWith('PATH='))
    ? config
    : { ...config, Env: [...(config.Env ?? []), defaultPath] };

/** `--label`: steps at the end of the last stage. */
function withLabels(plan: Plan, labels: Readonly<Record<string, string>>): Plan {
  const added = Object.keys(labels)
    .sort()
    .map((key): Instruction => {
      const rest = `${quoted(key)}=${quoted(labels[key]!)}`;
      return { name: 'LABEL', flags: {}, rest, text: `LABEL ${key}=${labels[key]}`, line: 0 };
    });
  const last = plan.stages.at(-1)!;
  return { ...plan, stages: [...plan.stages.slice(0, -1), { ...last, steps: [...last.steps, ...added] }] };
}

/** Taken as it is: no variable in it is one. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'"'"'`)}'`;

export const shownId = (image: string): string => shortId(image.slice('sha256:'.length));
