import type { ImageSummary } from '../../contract/index.ts';
import { ago, decimalSize, goTime } from './human.ts';
import type { Row } from './listing.ts';

export const imageHeadings = {
  ID: 'IMAGE ID',
  Repository: 'REPOSITORY',
  Tag: 'TAG',
  Digest: 'DIGEST',
  CreatedSince: 'CREATED',
  CreatedAt: 'CREATED AT',
  Size: 'SIZE',
  Containers: 'CONTAINERS',
  SharedSize: 'SHARED SIZE',
  UniqueSize: 'UNIQUE SIZE',
} as const;

const none = '<none>';

type Name = { readonly repository: string; readonly tag: string; readonly digest: string };

/** An image has a row for each of its names, and one without when it has none. */
export function imageRows(
  image: ImageSummary,
  options: { readonly noTrunc: boolean; readonly digests: boolean; readonly now: Date },
): readonly Row[] {
  const created = new Date(image.Created * 1000);
  return namesOf(image, options.digests).map(({ repository, tag, digest }) => ({
    ID: options.noTrunc ? image.Id : image.Id.replace(/^sha256:/, '').slice(0, 12),
    Repository: repository,
    Tag: tag,
    Digest: digest,
    CreatedSince: ago(created, options.now),
    CreatedAt: goTime(created),
    Size: decimalSize(image.Size, 3),
    VirtualSize: decimalSize(image.Size),
    Containers: image.Containers < 0 ? 'N/A' : String(image.Containers),
    SharedSize: image.SharedSize < 0 ? 'N/A' : decimalSize(image.SharedSize),
    UniqueSize: image.SharedSize < 0 ? 'N/A' : decimalSize(image.Size - image.SharedSize),
  }));
}

function namesOf({ RepoTags, RepoDigests }: ImageSummary, digests: boolean): readonly Name[] {
  const known = (RepoDigests ?? []).filter((one) => !one.startsWith(none)).map(splitDigest);
  const digestOf = (repository: string): string =>
    (digests ? known.find((one) => one.repository === repository)?.digest : undefined) ?? none;
  const tagged = (RepoTags ?? [])
    .filter((one) => !one.startsWith(none))
    .map((one) => {
      const colon = one.lastIndexOf(':');
      const repository = one.slice(0, colon);
      return { repository, tag: one.slice(colon + 1), digest: digestOf(repository) };
    });
  if (tagged.length > 0) return tagged;
  if (known.length > 0) return known.map((one) => (digests ? one : { ...one, digest: none }));
  return [{ repository: none, tag: none, digest: none }];
}

function splitDigest(text: string): Name {
  const [repository = none, digest = none] = text.split('@');
  return { repository, tag: none, digest };
}
