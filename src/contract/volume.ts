import * as v from 'valibot';
import { object, parseBody, text, textMap } from './fields.ts';
import type { DeepReadonly } from './readonly.ts';

const createBody = v.object({
  Name: text,
  Driver: text,
  DriverOpts: textMap,
  Labels: textMap,
  /** Of volumes of a swarm, which there is none of. */
  ClusterVolumeSpec: v.nullish(object({}), null),
});

export type VolumeCreateBody = DeepReadonly<v.InferOutput<typeof createBody>>;

/** Body of `POST /volumes/create`. Throws `invalid`. */
export const parseVolumeCreate = (body: unknown): VolumeCreateBody => parseBody(createBody, body);

/** Answer of `GET /volumes/{name}`. */
export type VolumeInspect = {
  readonly Name: string;
  readonly Driver: string;
  readonly Mountpoint: string;
  readonly CreatedAt: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly Options: Readonly<Record<string, string>> | null;
  readonly Scope: 'local';
};
