import { compareVersions, type ImageInspect } from '../../contract/index.ts';

const before = (version: string, limit: string): boolean => compareVersions(version, limit) < 0;

/** The size under a second name, for clients of before API 1.44. */
export function withVirtualSize<T extends { readonly Size: number }>(image: T, version: string): object {
  return before(version, '1.44') ? { ...image, VirtualSize: image.Size } : image;
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
