import * as v from 'valibot';
import { command, flag, keySet, object, parseBody, text, textMap, texts, whole, wholeOrNull } from './fields.ts';
import { normalizePortSet } from './ports.ts';
import type { DeepReadonly } from './readonly.ts';

/** Durations in nanoseconds; 0 means inherited. */
export const healthcheck = object({
  Test: texts,
  Interval: whole,
  Timeout: whole,
  StartPeriod: whole,
  StartInterval: whole,
  Retries: whole,
});

/** What runs in the container: the top level of a create body, and `Config` of inspect. */
export const containerConfigEntries = {
  Hostname: text,
  Domainname: text,
  User: text,
  AttachStdin: flag,
  AttachStdout: flag,
  AttachStderr: flag,
  ExposedPorts: v.pipe(
    keySet,
    v.transform((set) => normalizePortSet(Object.keys(set))),
  ),
  Tty: flag,
  OpenStdin: flag,
  StdinOnce: flag,
  /** "K=V"; "K" alone takes a variable away. */
  Env: texts,
  /** null: the image's. */
  Cmd: command,
  Healthcheck: v.nullish(healthcheck, null),
  Image: text,
  Volumes: keySet,
  WorkingDir: text,
  /** null: the image's; [""] : none. */
  Entrypoint: command,
  NetworkDisabled: flag,
  /** Below API 1.44; later per endpoint. */
  MacAddress: text,
  Labels: textMap,
  /** "" : the image's, or SIGTERM. */
  StopSignal: text,
  /** Seconds; null: 10. */
  StopTimeout: wholeOrNull,
  Shell: command,
};

const containerConfig = v.object(containerConfigEntries);
/** Body of `POST /commit`: what the image is to say; everything may be left out. Throws `invalid`. */
export const parseContainerConfig = (body: unknown): ContainerConfig => parseBody(containerConfig, body);
export type ContainerConfig = DeepReadonly<v.InferOutput<typeof containerConfig>>;
export type Healthcheck = DeepReadonly<v.InferOutput<typeof healthcheck>>;
