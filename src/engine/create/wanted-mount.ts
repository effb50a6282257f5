import { posix } from 'node:path';
import type { MountRecord } from '../container/record.ts';

/** A mount that was asked for and checked; nothing has been made for it yet. */
export type WantedMount =
  | {
      readonly kind: 'path';
      readonly point: MountRecord;
      /** Make the source, as a folder, when it is missing. */
      readonly makeSource: boolean;
    }
  | {
      readonly kind: 'volume';
      readonly destination: string;
      /** "" for an anonymous one. */
      readonly name: string;
      readonly driver: string;
      readonly options: Readonly<Record<string, string>>;
      readonly labels: Readonly<Record<string, string>>;
      readonly readOnly: boolean;
      readonly mode: string;
      /** While it is empty it is given what the image has in its place. */
      readonly isFilled: boolean;
      readonly subpath?: string;
    }
  | {
      readonly kind: 'image';
      readonly destination: string;
      /** By name or id. */
      readonly image: string;
      readonly subpath?: string;
    };

/** What the files of an image are mounted as, for the mount of that place in a container's list. */
export const imageView = (containerId: string, index: number): string => `${containerId}.${index}`;

export const destinationOf = (wanted: WantedMount): string =>
  wanted.kind === 'path' ? wanted.point.Destination : wanted.destination;

export const bindPoint = (
  source: string,
  destination: string,
  how: { readonly readOnly: boolean; readonly propagation: string; readonly mode: string },
): MountRecord => ({
  Type: 'bind',
  Source: posix.normalize(source),
  Destination: destination,
  Mode: how.mode,
  RW: !how.readOnly,
  Propagation: how.propagation === '' ? 'rprivate' : how.propagation,
});
