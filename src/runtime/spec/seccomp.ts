import { AppError } from '../../base/index.ts';
import type { OciSeccomp, OciSyscallArg, OciSyscallRule } from './oci.ts';

/** A profile in the format that Docker and containers-common share: rules with conditions on where they apply. */
export type SeccompProfile = {
  readonly defaultAction: string;
  readonly defaultErrnoRet?: number;
  readonly architectures?: readonly string[] | null;
  readonly archMap?: readonly { readonly architecture: string; readonly subArchitectures?: readonly string[] | null }[];
  readonly syscalls: readonly ProfileRule[];
};

type ProfileRule = {
  readonly name?: string;
  readonly names?: readonly string[];
  readonly action: string;
  readonly errnoRet?: number | null;
  readonly args?: readonly OciSyscallArg[] | null;
  readonly includes?: Conditions;
  readonly excludes?: Conditions;
};

type Conditions = {
  readonly caps?: readonly string[] | null;
  readonly arches?: readonly string[] | null;
  /** "4.8": the oldest kernel it is for. */
  readonly minKernel?: string;
};

/** What decides which rules apply. */
export type SeccompSituation = {
  /** process.arch: "x64", "arm64". */
  readonly arch: string;
  /** os.release(): "6.1.0-13-amd64". */
  readonly kernel: string;
  readonly capabilities: readonly string[];
};

/** As the profile names them in conditions (Go's names) and in its architecture map (libseccomp's). */
const architectures: Readonly<Record<string, { readonly condition: string; readonly seccomp: string }>> = {
  x64: { condition: 'amd64', seccomp: 'SCMP_ARCH_X86_64' },
  arm64: { condition: 'arm64', seccomp: 'SCMP_ARCH_AARCH64' },
  riscv64: { condition: 'riscv64', seccomp: 'SCMP_ARCH_RISCV64' },
  s390x: { condition: 's390x', seccomp: 'SCMP_ARCH_S390X' },
  ppc64: { condition: 'ppc64le', seccomp: 'SCMP_ARCH_PPC64LE' },
};

/** Throws `invalid`, as Docker does for --security-opt seccomp=FILE that is no profile. */
export function parseProfile(text: string): SeccompProfile {
  try {
    const profile = JSON.parse(text) as SeccompProfile;
    if (typeof profile.defaultAction !== 'string' || !Array.isArray(profile.syscalls)) throw new Error('not a profile');
    return profile;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('invalid', `Decoding seccomp profile failed: ${reason}`, { cause });
  }
}

/** The OCI filter that a profile means for one container on this machine. Pure. */
export function toOciSeccomp(profile: SeccompProfile, situation: SeccompSituation): OciSeccomp {
  const { defaultAction, defaultErrnoRet } = profile;
  const arches = architecturesOf(profile, situation);
  return {
    defaultAction,
    ...(defaultErrnoRet === undefined ? {} : { defaultErrnoRet }),
    ...(arches.length === 0 ? {} : { architectures: arches }),
    syscalls: profile.syscalls.filter((rule) => applies(rule, situation)).map(ociRule),
  };
}

function architecturesOf(profile: SeccompProfile, { arch }: SeccompSituation): readonly string[] {
  const own = architectures[arch]?.seccomp;
  const mapped = profile.archMap?.find(({ architecture }) => architecture === own);
  if (mapped !== undefined) return [mapped.architecture, ...(mapped.subArchitectures ?? [])];
  return profile.architectures ?? [];
}

function applies({ includes = {}, excludes = {} }: ProfileRule, situation: SeccompSituation): boolean {
  const { capabilities, kernel } = situation;
  const arch = architectures[situation.arch]?.condition ?? situation.arch;
  const has = (name: string): boolean => capabilities.includes(name);
  if (excludes.arches?.includes(arch) || excludes.caps?.some(has)) return false;
  if (excludes.minKernel !== undefined && atLeast(kernel, excludes.minKernel)) return false;
  if (includes.arches?.length && !includes.arches.includes(arch)) return false;
  if (includes.caps?.length && !includes.caps.every(has)) return false;
  return includes.minKernel === undefined || atLeast(kernel, includes.minKernel);
}

function ociRule(rule: ProfileRule): OciSyscallRule {
  const { action, errnoRet, args } = rule;
  return {
    names: rule.names ?? (rule.name === undefined ? [] : [rule.name]),
    action,
    ...(errnoRet === undefined || errnoRet === null ? {} : { errnoRet }),
    ...(args?.length ? { args } : {}),
  };
}

function atLeast(kernel: string, wanted: string): boolean {
  const [major = 0, minor = 0] = kernel.split(/[.-]/, 2).map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
