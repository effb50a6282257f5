import { AppError } from '../../base/index.ts';
import { type ContainerConfig, normalizePortSet } from '../../contract/index.ts';
import type { ImageConfig } from '../../image/index.ts';
import { mergeHealthcheck } from '../health/check.ts';

/** What the user asked for over what the image says, as Docker merges them. */
export function mergeConfig(asked: ContainerConfig, image: ImageConfig): ContainerConfig {
  const ownEntrypoint = asked.Entrypoint !== null && asked.Entrypoint.length > 0;
  // A new entrypoint has no use for the image's arguments.
  const names = new Set(asked.Env.map(nameOf));
  const cmd = asked.Cmd ?? (ownEntrypoint ? null : (image.Cmd ?? null));
  return {
    ...asked,
    User: asked.User || (image.User ?? ''),
    ExposedPorts: { ...normalizePortSet(Object.keys(image.ExposedPorts ?? {})), ...asked.ExposedPorts },
    Env: [...asked.Env, ...(image.Env ?? []).filter((entry) => !names.has(nameOf(entry)))],
    Cmd: cmd,
    Entrypoint: asked.Entrypoint ?? image.Entrypoint ?? null,
    Volumes: { ...image.Volumes, ...asked.Volumes },
    WorkingDir: asked.WorkingDir || (image.WorkingDir ?? ''),
    Labels: { ...image.Labels, ...asked.Labels },
    Healthcheck: mergeHealthcheck(asked.Healthcheck, image.Healthcheck),
    StopSignal: asked.StopSignal || (image.StopSignal ?? ''),
    Shell: asked.Shell ?? image.Shell ?? null,
  };
}

const nameOf = (entry: string): string => entry.split('=', 1)[0]!;

/** Entrypoint and command joined; [""] as entrypoint means none. Throws invalid when nothing is left. */
export function argsOf({ Entrypoint, Cmd }: ContainerConfig): readonly string[] {
  const entrypoint = Entrypoint !== null && Entrypoint.length === 1 && Entrypoint[0] === '' ? [] : (Entrypoint ?? []);
  const args = [...entrypoint, ...(Cmd ?? [])];
  if (args.length === 0) throw new AppError('invalid', 'no command specified');
  return args;
}
