import { AppError } from '../../base/index.ts';
import type { Dockerfile, Instruction } from './instruction.ts';
import { atLine } from './lines.ts';

/** What one FROM begins. */
export type Stage = {
  readonly from: Instruction;
  /** The base as written: variables are not replaced yet. */
  readonly base: string;
  /** Lower case; "" when it has none. */
  readonly name: string;
  readonly steps: readonly Instruction[];
};

export type Plan = {
  readonly escapeWith: Dockerfile['escapeWith'];
  /** ARG before the first FROM: for FROM only. */
  readonly globals: readonly Instruction[];
  readonly stages: readonly Stage[];
};

/** Cuts a Dockerfile into stages, up to the one that is wanted ("": the last). Throws `invalid`. */
export function planStages({ escapeWith, instructions }: Dockerfile, target: string): Plan {
  const first = instructions.findIndex(({ name }) => name === 'FROM');
  const globals = first < 0 ? instructions : instructions.slice(0, first);
  const stray = globals.find(({ name }) => name !== 'ARG');
  if (stray !== undefined || first < 0) throw new AppError('invalid', 'no build stage in current context');
  const stages: Stage[] = [];
  for (const instruction of instructions.slice(first)) {
    if (instruction.name === 'FROM') stages.push(beginStage(instruction));
    else stages.push(withStep(stages.pop()!, instruction));
  }
  return { escapeWith, globals, stages: upTo(stages, target) };
}

const withStep = (stage: Stage, step: Instruction): Stage => ({ ...stage, steps: [...stage.steps, step] });

function beginStage(from: Instruction): Stage {
  const words = from.rest.split(/\s+/);
  const [base = '', as = '', name = ''] = words;
  if (words.length !== 1 && !(words.length === 3 && as.toUpperCase() === 'AS')) {
    throw atLine(from.line, 'FROM requires either one or three arguments');
  }
  if (name !== '' && !/^[a-z][a-z0-9-_.]*$/.test(name.toLowerCase())) {
    throw atLine(
      from.line,
      `invalid name for build stage: "${name}", name can't start with a number or contain symbols`,
    );
  }
  return { from, base, name: name.toLowerCase(), steps: [] };
}

function upTo(stages: readonly Stage[], target: string): readonly Stage[] {
  if (target === '') return stages;
  const at = stageIndex(stages, target);
  if (at === undefined) throw new AppError('invalid', `target stage ${JSON.stringify(target)} could not be found`);
  return stages.slice(0, at + 1);
}

/** By name, or by number from 0. */
export function stageIndex(stages: readonly Pick<Stage, 'name'>[], ref: string): number | undefined {
  const named = stages.findLastIndex(({ name }) => name !== '' && name === ref.toLowerCase());
  if (named >= 0) return named;
  const number = /^\d{1,6}$/.test(ref) ? Number(ref) : -1;
  return number >= 0 && number < stages.length ? number : undefined;
}
