import { AppError } from '../../base/index.ts';
import { type Instruction, type RunConfig, rawWords, readArg, settings, shell } from '../../build/index.ts';
import { kindIn, unpack } from '../../image/index.ts';
import { signalNumber } from '../../runtime/index.ts';
import { emptyArchive } from './empty-archive.ts';
import { type StageState, toldStep } from './stage.ts';

/** An instruction that changes the configuration only. */
export async function configStep(stage: StageState, { name, rest }: Instruction): Promise<void> {
  const { patch, told } = name === 'SHELL' ? shell(rest) : settings[name]!(rest, stage.config, stage.expand);
  if (patch.StopSignal !== undefined) signalNumber(patch.StopSignal);
  if (name === 'CMD') stage.setsCommand = true;
  const cleared: RunConfig = name === 'ENTRYPOINT' && !stage.setsCommand ? { Cmd: null } : {};
  // What a check leaves unsaid is as it was said before.
  const checked: RunConfig =
    patch.Healthcheck === undefined ? {} : { Healthcheck: { ...stage.config.Healthcheck, ...patch.Healthcheck } };
  stage.config = { ...stage.config, ...patch, ...cleared, ...checked };
  await record(stage, toldStep(stage.config, ` ${told}`));
}

export async function maintainerStep(stage: StageState, { rest }: Instruction): Promise<void> {
  stage.author = rest;
  await record(stage, toldStep(stage.config, ` MAINTAINER ${rest}`));
}

/** ARG: names arguments from here on. */
export async function argStep(stage: StageState, { rest }: Instruction): Promise<void> {
  const told: string[] = [];
  for (const word of rawWords(rest)) {
    const { name, value } = readArg(word, stage.variables, stage.build.escapeWith);
    if (name === '') throw new AppError('invalid', 'ARG names can not be blank');
    stage.args.declare(name, value);
    told.push(value === undefined ? name : `${name}=${value}`);
  }
  await record(stage, toldStep(stage.config, ` ARG ${told.join(' ')}`));
}

/** WORKDIR makes the folder, too. */
export async function workdirStep(stage: StageState, { rest }: Instruction): Promise<void> {
  const { patch, told } = settings['WORKDIR']!(rest, stage.config, stage.expand);
  stage.config = { ...stage.config, ...patch };
  const createdBy = toldStep(stage.config, told);
  if (await stage.fromCache(createdBy)) return;
  await using tree = await stage.build.parts.images.rootfs.workTree(stage.image);
  const path = stage.config.WorkingDir!;
  const kind = kindIn(tree.root, path);
  if (kind === 'folder') return stage.commit(createdBy);
  if (kind !== 'absent') throw new AppError('invalid', `Cannot mkdir: ${path} is not a directory`);
  await unpack(emptyArchive(), { root: tree.root, under: path }, stage.build.signal);
  await stage.commit(createdBy, tree.layer());
}

async function record(stage: StageState, createdBy: string): Promise<void> {
  if (!(await stage.fromCache(createdBy))) await stage.commit(createdBy);
}
