import { AppError } from '../../base/index.ts';
import { apiVersion, compareVersions, minApiVersion } from '../../contract/index.ts';

/** Splits "/v1.41/info"; ours is the version of a path that names none. Throws `invalid` for one we do not speak. */
export function splitVersion(path: string): { readonly version: string; readonly path: string } {
  const match = /^\/v(\d{1,5}\.\d{1,5})(\/.*)$/.exec(path);
  if (!match) return { version: apiVersion, path };
  const version = match[1]!;
  if (compareVersions(version, apiVersion) > 0) {
    throw new AppError(
      'invalid',
      `client version ${version} is too new. Maximum supported API version is ${apiVersion}`,
    );
  }
  if (compareVersions(version, minApiVersion) < 0) {
    throw new AppError(
      'invalid',
      `client version ${version} is too old. Minimum supported API version is ${minApiVersion}, please upgrade your client to a newer version`,
    );
  }
  return { version, path: match[2]! };
}
