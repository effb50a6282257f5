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

/** Fields of an image's Config that are there also when it has none. */
const imageFields = {
  User: '',
  Env: null,
  Cmd: null,
  Volumes: null,
  WorkingDir: '',
  Entrypoint: null,
  OnBuild: null,
  Labels: null,
};

/** Those of a container that it had as well, empty, before API 1.50. */
const containerFields = {
  ...imageFields,
  Hostname: '',
  Domainname: '',
  AttachStdin: false,
  AttachStdout: false,
  AttachStderr: false,
  Tty: false,
  OpenStdin: false,
  StdinOnce: false,
  Image: '',
};

/** GET /images/{name}/json as a client of that version knows it. */
export function inspectOf(image: ImageInspect, version: string): object {
  if (!before(version, '1.50')) return { ...image, Config: { ...imageFields, ...image.Config } };
  const Config = { ...containerFields, ...image.Config };
  if (!before(version, '1.45')) return { ...image, Config };
  // What the image was committed from; compose v1 looks for its volumes there.
  const ContainerConfig = { ...containerFields, Volumes: Config.Volumes };
  return withVirtualSize({ ...image, Config, ContainerConfig }, version);
}
