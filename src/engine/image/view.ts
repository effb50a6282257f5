import type { ImageInspect, ImageSummary } from '../../contract/index.ts';
import type { Image } from '../../image/index.ts';
import { isReference } from './filter.ts';

type Counts = { readonly SharedSize: number; readonly Containers: number };

/** One item of GET /images/json; with patterns only the tags that match one are shown. -1: not counted. */
export const imageSummary = (
  { id, document, tags, digests, size, parent }: Image,
  patterns: readonly string[],
  { SharedSize, Containers }: Counts = { SharedSize: -1, Containers: -1 },
): ImageSummary => ({
  Id: id,
  ParentId: parent ?? '',
  RepoTags: patterns.length === 0 ? tags : tags.filter((tag) => patterns.some((pattern) => isReference(tag, pattern))),
  RepoDigests: digests,
  Created: Math.floor(Date.parse(document.created ?? '') / 1000) || 0,
  Size: size,
  SharedSize,
  Labels: document.config?.Labels ?? null,
  Containers,
});

/** GET /images/{name}/json. */
export const imageInspect = ({ id, document, tags, digests, size, loaded, parent }: Image): ImageInspect => ({
  Id: id,
  RepoTags: tags,
  RepoDigests: digests,
  Parent: parent ?? '',
  Comment: document.comment ?? '',
  Created: document.created ?? '',
  DockerVersion: '',
  Author: document.author ?? '',
  Config: document.config ?? {},
  Architecture: document.architecture,
  ...(document.variant === undefined ? {} : { Variant: document.variant }),
  Os: document.os,
  Size: size,
  GraphDriver: { Name: 'overlay2', Data: null },
  RootFS: { Type: 'layers', Layers: document.rootfs.diff_ids },
  Metadata: { LastTagTime: loaded },
});
