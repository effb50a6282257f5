import type { Backend } from '../backend.ts';
import type { Route } from '../http/route.ts';
import { absentRoutes } from './absent.ts';
import { archiveRoutes } from './archives.ts';
import { buildRoutes } from './build.ts';
import { containerContentRoutes } from './container-contents.ts';
import { containerListRoutes } from './container-lists.ts';
import { containerStreamRoutes } from './container-streams.ts';
import { containerVerbRoutes } from './container-verbs.ts';
import { execRoutes } from './execs.ts';
import { imageRoutes } from './images.ts';
import { networkRoutes } from './networks.ts';
import { registryRoutes } from './registries.ts';
import { swarmRoutes } from './swarm.ts';
import { systemRoutes } from './system.ts';
import { volumeRoutes } from './volumes.ts';

/** The whole API: every row there is. */
export function allRoutes(backend: Backend): readonly Route[] {
  return [
    ...systemRoutes(backend.system),
    ...containerContentRoutes(backend.containers),
    ...containerListRoutes(backend.containers),
    ...containerVerbRoutes(backend.containers),
    ...containerStreamRoutes(backend.containers),
    ...archiveRoutes(backend.archives),
    ...execRoutes(backend.execs),
    ...imageRoutes(backend.images),
    ...buildRoutes(backend.builds),
    ...registryRoutes(backend.images),
    ...networkRoutes(backend.networks),
    ...volumeRoutes(backend.volumes),
    ...swarmRoutes(),
    ...absentRoutes(),
  ];
}
