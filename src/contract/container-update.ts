import * as v from 'valibot';
import { parseBody } from './fields.ts';
import { resourceEntries, restartPolicy } from './host-config.ts';
import type { DeepReadonly } from './readonly.ts';

const updateBody = v.object({ ...resourceEntries, RestartPolicy: restartPolicy });

/** New limits of a container; zero values leave things as they are, also an empty RestartPolicy.Name. */
export type UpdateBody = DeepReadonly<v.InferOutput<typeof updateBody>>;

/** Body of `POST /containers/{id}/update`. Throws `invalid`. */
export const parseUpdate = (body: unknown): UpdateBody => parseBody(updateBody, body);
