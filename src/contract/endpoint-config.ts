import * as v from 'valibot';
import { group, mapOf, text, textMap, texts, whole } from './fields.ts';
import type { DeepReadonly } from './readonly.ts';

/** What is asked of one attachment of a container to a network. What a client echoes from inspect is ignored. */
export const endpointConfig = group({
  IPAMConfig: group({ IPv4Address: text, IPv6Address: text, LinkLocalIPs: texts }),
  /** "target:alias". */
  Links: texts,
  Aliases: texts,
  MacAddress: text,
  DriverOpts: textMap,
  /** Highest wins the default route (API 1.48). */
  GwPriority: whole,
});

/** Network name or id to what is asked of it, in the order given; "default" is the network "bridge". */
export const networkingConfig = v.pipe(
  group({ EndpointsConfig: mapOf(endpointConfig) }),
  v.transform(({ EndpointsConfig }) => ({
    EndpointsConfig: Object.fromEntries(
      Object.entries(EndpointsConfig).map(([name, config]) => [name === 'default' ? 'bridge' : name, config]),
    ),
  })),
);

/** Of an attachment of which nothing is asked. */
export const emptyEndpoint: EndpointConfig = v.parse(endpointConfig, {});

export type EndpointConfig = DeepReadonly<v.InferOutput<typeof endpointConfig>>;
