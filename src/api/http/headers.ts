import type { ServerResponse } from 'node:http';
import { apiVersion } from '../../contract/index.ts';

/** On every answer, refusals and upgrades included. `server`: "Portolan/0.1.0 (linux)". */
export function commonHeaders(server: string): Readonly<Record<string, string>> {
  return { 'Api-Version': apiVersion, 'Docker-Experimental': 'false', Ostype: 'linux', Server: server };
}

export function setHeaders(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  for (const name in headers) response.setHeader(name, headers[name]!);
}
