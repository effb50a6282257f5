import * as v from 'valibot';
import { endpointConfig } from './endpoint-config.ts';
import { flag, flagOrNull, group, listOf, object, parseBody, text, textMap } from './fields.ts';
import type { DeepReadonly } from './readonly.ts';

const createBody = v.object({
  Name: text,
  /** Names are unique whatever a client asks (API 1.44). */
  CheckDuplicate: flag,
  /** "" means bridge. */
  Driver: text,
  Scope: text,
  Internal: flag,
  Attachable: flag,
  Ingress: flag,
  ConfigOnly: flag,
  ConfigFrom: v.nullish(object({ Network: text }), null),
  /** null: yes (API 1.48). */
  EnableIPv4: flagOrNull,
  /** null: the engine's default (no). */
  EnableIPv6: flagOrNull,
  IPAM: group({
    Driver: text,
    Options: textMap,
    Config: listOf(object({ Subnet: text, IPRange: text, Gateway: text, AuxiliaryAddresses: textMap })),
  }),
  Options: textMap,
  Labels: textMap,
});
const connectBody = v.object({ Container: text, EndpointConfig: endpointConfig });
const disconnectBody = v.object({ Container: text, Force: flag });

export type NetworkCreateInput = v.InferInput<typeof createBody>;
export type NetworkCreateBody = DeepReadonly<v.InferOutput<typeof createBody>>;
export type NetworkConnectBody = DeepReadonly<v.InferOutput<typeof connectBody>>;
export type NetworkDisconnectBody = DeepReadonly<v.InferOutput<typeof disconnectBody>>;

/** Body of `POST /networks/create`. Throws `invalid`. */
export const parseNetworkCreate = (body: unknown): NetworkCreateBody => parseBody(createBody, body);
/** Body of `POST /networks/{id}/connect`. Throws `invalid`. */
export const parseNetworkConnect = (body: unknown): NetworkConnectBody => parseBody(connectBody, body);
/** Body of `POST /networks/{id}/disconnect`. Throws `invalid`. */
export const parseNetworkDisconnect = (body: unknown): NetworkDisconnectBody => parseBody(disconnectBody, body);
