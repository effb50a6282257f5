import { AppError, isRegistryHost } from '../base/index.ts';

/**
 * Names of images. Grammar and normal form: distribution/reference. "busybox" is docker.io/library/busybox:latest, shown
 * to people as busybox:latest.
 */
export type Reference = {
  /** "docker.io", "localhost:5000". */
  readonly domain: string;
  /** "library/busybox". */
  readonly path: string;
  readonly tag?: string;
  /** "sha256:<64 hex>". */
  readonly digest?: string;
};

const defaultDomain = 'docker.io';
const official = 'library/';

const component = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const domainPattern = new RegExp(`^(?:${component}(?:\\.${component})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);
const pathPattern = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const tagPattern = /^\w[\w.-]{0,127}$/;
const digestPattern = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const maxName = 255;

export const isTag = (text: string): boolean => tagPattern.test(text);

const bad = (detail = ''): AppError => new AppError('invalid', `invalid reference format${detail}`);

/** Throws `invalid` with the texts of distribution/reference. Adds no tag: see `withTag`. */
export function parseReference(text: string): Reference {
  if (/^[0-9a-f]{64}$/.test(text)) {
    throw new AppError('invalid', `invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`);
  }
  const { name, tag, digest } = split(text);
  const { domain, path } = splitDomain(name);
  if (path !== path.toLowerCase()) throw bad(`: repository name (${path}) must be lowercase`);
  if (!domainPattern.test(domain) || !pathPattern.test(path)) throw bad();
  if (tag !== undefined && !tagPattern.test(tag)) throw bad();
  if (digest !== undefined) checkDigest(digest);
  if (`${domain}/${path}`.length > maxName) {
    throw new AppError('invalid', `repository name must not be more than ${maxName} characters`);
  }
  return { domain, path, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}

function checkDigest(digest: string): void {
  if (!digestPattern.test(digest)) throw bad();
  const [algorithm, hex = ''] = digest.split(':');
  if (algorithm !== 'sha256') throw new AppError('invalid', 'unsupported digest algorithm');
  if (!/^[0-9a-f]{64}$/.test(hex)) throw new AppError('invalid', 'invalid checksum digest length');
}

/** "name[:tag][@digest]"; a colon before the last slash belongs to the port. */
function split(text: string): { name: string; tag?: string; digest?: string } {
  const at = text.indexOf('@');
  const rest = at < 0 ? text : text.slice(0, at);
  const digest = at < 0 ? {} : { digest: text.slice(at + 1) };
  const colon = rest.indexOf(':', rest.lastIndexOf('/') + 1);
  return colon < 0 ? { name: rest, ...digest } : { name: rest.slice(0, colon), tag: rest.slice(colon + 1), ...digest };
}

function splitDomain(name: string): { domain: string; path: string } {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  const isHost = slash >= 0 && isRegistryHost(first);
  const domain = isHost ? first : defaultDomain;
  const path = isHost ? name.slice(slash + 1) : name;
  if (domain !== defaultDomain && domain !== 'index.docker.io') return { domain, path };
  return { domain: defaultDomain, path: path.includes('/') ? path : `${official}${path}` };
}

/** With ":latest" unless it has a tag or a digest. */
export function withTag(ref: Reference): Reference {
  return ref.tag === undefined && ref.digest === undefined ? { ...ref, tag: 'latest' } : ref;
}

/** "busybox", "me/app", "host:5000/app": what people type. */
export function familiarName(ref: Reference): string {
  if (ref.domain !== defaultDomain) return `${ref.domain}/${ref.path}`;
  // "library/a/b" must keep its first part: without it the name would mean something else.
  const short = ref.path.startsWith(official) ? ref.path.slice(official.length) : ref.path;
  return short.includes('/') ? ref.path : short;
}

/** The familiar name with tag and digest, as far as it has them. */
export function familiar(ref: Reference): string {
  const tag = ref.tag === undefined ? '' : `:${ref.tag}`;
  const digest = ref.digest === undefined ? '' : `@${ref.digest}`;
  return `${familiarName(ref)}${tag}${digest}`;
}
