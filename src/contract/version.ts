/**
 * The newest Engine API version we speak. 1.48 brought `--gw-priority` and `--ipv4` to the docker CLI, 1.49 the firewall
 * in `docker info`; 1.50 is the newest that the CLI of Docker 28 knows. Nothing in it is required of a server.
 */
export const apiVersion = '1.50';
/** The oldest that we answer. */
export const minApiVersion = '1.24';

/** Negative when `a` is older than `b`; both "1.NN". */
export function compareVersions(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA - majorB || minorA - minorB;
}
