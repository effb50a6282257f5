import type { Filters, ImageInspect, ImageSummary } from '../../contract/index.ts';
import { before } from './before.ts';

/** The size under a second name, for clients of before API 1.44. */
function withVirtualSize<T extends { readonly Size: number }>(image: T, version: string): object {
  return before(version, '1.44') ? { ...image, VirtualSize: image.Size } : image;
}

/** An image without a name had one for show. */
const unnamed = { RepoTags: ['<none>:<none>'], RepoDigests: ['<none>@<none>'] };

/** One item of GET /images/json as a client of that version knows it. */
export function summaryOf(image: ImageSummary, version: string): object {
  const nameless = image.RepoTags.length === 0 && image.RepoDigests.length === 0;
  return withVirtualSize(nameless && before(version, '1.43') ? { ...image, ...unnamed } : image, version);
}

/** `filter` was the reference to look for, before there were filters by key. */
export function imageFilters(filters: Filters, filter: string, version: string): Filters {
  if (filter === '' || !before(version, '1.41')) return filters;
  return { ...filters, reference: [...(filters['reference'] ?? []), filter] };
}

/** Fields of a container that an image's Config had, empty, before API 1.50. */
const containerFields = {
  Hostname: '',
  Domainname: '',
  User: '',
  AttachStdin: false,
  AttachStdout: false,
  AttachStderr: false,
  Tty: false,
  OpenStdin: false,
  StdinOnce: false,
  Env: null,
  Cmd: null,
  Image: '',
  Volumes: null,
  WorkingDir: '',
  Entrypoint: null,
  OnBuild: null,
  Labels: null,
};

/** GET /images/{name}/json as a client of that version knows it. */
export function inspectOf(image: ImageInspect, version: string): object {
  if (!before(version, '1.50')) return image;
  const Config = { ...containerFields, ...image.Config };
  return withVirtualSize({ ...image, Config, ...(before(version, '1.45') ? { Container: '' } : {}) }, version);
}
