import { applyChanges } from '../../build/index.ts';
import type { ContainerConfig } from '../../contract/index.ts';
import { familiar, type ImageConfig, parseReference } from '../../image/index.ts';
import { readingRoot } from '../archive/borrow.ts';
import { announce } from '../container/announce.ts';
import type { Container } from '../container/container.ts';
import type { Parts } from '../parts.ts';
import { mergeEnv } from '../run/environment.ts';

export type CommitOptions = {
  readonly repo: string;
  readonly tag: string;
  readonly author: string;
  readonly comment: string;
  /** Lines of a Dockerfile that change the configuration. */
  readonly changes: readonly string[];
  /** What the image is to say instead of what the container does. */
  readonly config: ContainerConfig;
};

/** An image of what the container wrote, on top of its own image. Returns the image's id. */
export async function commitContainer(parts: Parts, container: Container, options: CommitOptions): Promise<string> {
  const { record } = container;
  const { repo, tag, author, comment } = options;
  const name = repo === '' ? undefined : parseReference(tag === '' ? repo : `${repo}:${tag}`);
  const config = applyChanges(imageConfigOf(overlaid(record.config, options.config)), options.changes);
  const parent = parts.images.get(record.imageId).id;
  const createdBy = (record.config.Cmd ?? []).join(' ');
  const id = await readingRoot(parts, container, () => {
    const layer = parts.images.rootfs.layer(container.id);
    return parts.images.extend({ parent, layer, config, author, comment, createdBy });
  });
  if (name !== undefined) await parts.images.tag(id, repo, tag);
  const imageRef = name === undefined ? '' : familiar(name);
  announce(parts, container, 'commit', { comment, imageID: id, imageRef });
  if (name !== undefined) parts.events.emit('image', 'tag', id, { name: imageRef });
  return id;
}

/** What is asked for over what the container has; sets and variables add up. */
function overlaid(own: ContainerConfig, asked: ContainerConfig): ContainerConfig {
  const newEntrypoint = asked.Entrypoint !== null;
  return {
    ...own,
    User: asked.User || own.User,
    ExposedPorts: { ...own.ExposedPorts, ...asked.ExposedPorts },
    Env: mergeEnv([...own.Env, ...asked.Env]),
    Cmd: asked.Cmd ?? (newEntrypoint ? null : own.Cmd),
    Entrypoint: asked.Entrypoint ?? own.Entrypoint,
    Volumes: { ...own.Volumes, ...asked.Volumes },
    WorkingDir: asked.WorkingDir || own.WorkingDir,
    Labels: { ...own.Labels, ...asked.Labels },
    StopSignal: asked.StopSignal || own.StopSignal,
    Healthcheck: asked.Healthcheck ?? own.Healthcheck,
    Shell: asked.Shell ?? own.Shell,
  };
}

/** The part of a container's configuration that an image has. */
function imageConfigOf(config: ContainerConfig): ImageConfig {
  const { User, ExposedPorts, Env, Cmd, Entrypoint, Volumes, WorkingDir, Labels, StopSignal, Healthcheck, Shell } =
    config;
  return {
    ...(User === '' ? {} : { User }),
    ...(Object.keys(ExposedPorts).length === 0 ? {} : { ExposedPorts }),
    ...(Env.length === 0 ? {} : { Env }),
    Entrypoint,
    Cmd,
    ...(Object.keys(Volumes).length === 0 ? {} : { Volumes }),
    ...(WorkingDir === '' ? {} : { WorkingDir }),
    ...(Object.keys(Labels).length === 0 ? {} : { Labels }),
    ...(StopSignal === '' ? {} : { StopSignal }),
    ...(Healthcheck === null ? {} : { Healthcheck }),
    ...(Shell === null ? {} : { Shell }),
  };
}
