import { compareVersions } from '../../contract/index.ts';

/** Whether a client speaks an older version than the one that brought something: "1.41" is before "1.42". */
export const before = (version: string, since: `1.${number}`): boolean => compareVersions(version, since) < 0;
