import type { HostConfig } from '../../../contract/index.ts';
import { refuse } from './refuse.ts';

const policies = ['no', 'always', 'on-failure', 'unless-stopped'];

/** Throws invalid with Docker's texts. */
export function checkRestartPolicy({
  RestartPolicy: policy,
  AutoRemove,
}: Pick<HostConfig, 'RestartPolicy' | 'AutoRemove'>) {
  if (!policies.includes(policy.Name)) {
    refuse(`invalid restart policy: unknown policy '${policy.Name}'; use one of '${policies.join("', '")}'`);
  }
  if (policy.MaximumRetryCount < 0) refuse('invalid restart policy: maximum retry count cannot be negative');
  if (policy.MaximumRetryCount > 0 && policy.Name !== 'on-failure') {
    refuse(`invalid restart policy: maximum retry count can only be used with 'on-failure'`);
  }
  if (AutoRemove && policy.Name !== 'no') refuse("can't create 'AutoRemove' container with restart policy");
}
