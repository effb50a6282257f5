import type { HostConfig } from '../../../contract/index.ts';
import { refuse } from './refuse.ts';

const policies = ['no', 'always', 'on-failure', 'unless-stopped'];

/** Throws invalid with Docker's texts. */
export function checkRestartPolicy({
  RestartPolicy: policy,
  AutoRemove,
}: Pick<HostConfig, 'RestartPolicy' | 'AutoRemove'>) {
  if (AutoRemove && policy.Name !== 'no') refuse("can't create 'AutoRemove' container with restart policy");
  if (!policies.includes(policy.Name)) {
    const known = policies.map((name) => `'${name}'`);
    const choice = `${known.slice(0, -1).join(', ')}, or ${known.at(-1)}`;
    refuse(`invalid restart policy: unknown policy '${policy.Name}'; use one of ${choice}`);
  }
  const negative = policy.MaximumRetryCount < 0;
  if (policy.MaximumRetryCount !== 0 && policy.Name !== 'on-failure') {
    const tail = negative ? ' and cannot be negative' : '';
    refuse(`invalid restart policy: maximum retry count can only be used with 'on-failure'${tail}`);
  }
  if (negative) refuse('invalid restart policy: maximum retry count cannot be negative');
}
