import { AppError } from '../../base/index.ts';

export type Security = { readonly seccomp: string; readonly noNewPrivileges: boolean };

/** Options that need no value of ours: the kernel here may have neither AppArmor nor SELinux. */
const accepted = ['apparmor', 'label', 'systempaths', 'writable-cgroups'];

/** `--security-opt`: "seccomp=unconfined", "no-new-privileges", "label=…". Throws invalid with Docker's texts. */
export function securityOf(options: readonly string[]): Security {
  let seccomp = '';
  let noNewPrivileges = false;
  for (const option of options) {
    const [key = '', ...rest] = option.split(/[=:]/);
    const value = option.slice(key.length + 1);
    if (key === 'no-new-privileges') noNewPrivileges = rest.length === 0 || value === 'true';
    else if (rest.length === 0) throw new AppError('invalid', `invalid --security-opt 1: "${option}"`);
    else if (key === 'seccomp') seccomp = value;
    else if (!accepted.includes(key)) throw new AppError('invalid', `invalid --security-opt 2: "${option}"`);
  }
  return { seccomp, noNewPrivileges };
}
