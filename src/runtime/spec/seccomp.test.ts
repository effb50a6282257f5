import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SeccompProfile, type SeccompSituation, toOciSeccomp } from './seccomp.ts';

const allow = 'SCMP_ACT_ALLOW';
const here: SeccompSituation = { arch: 'x64', kernel: '6.1.0-13-amd64', capabilities: ['CAP_SYS_CHROOT'] };
const names = (syscalls: SeccompProfile['syscalls'], situation: Partial<SeccompSituation> = {}) =>
  toOciSeccomp({ defaultAction: 'SCMP_ACT_ERRNO', syscalls }, { ...here, ...situation }).syscalls.flatMap(
    (rule) => rule.names,
  );

test('toOciSeccomp: the machine’s architecture with its lesser ones, and the default answer', () => {
  const profile: SeccompProfile = {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: 38,
    archMap: [
      { architecture: 'SCMP_ARCH_AARCH64', subArchitectures: ['SCMP_ARCH_ARM'] },
      { architecture: 'SCMP_ARCH_X86_64', subArchitectures: ['SCMP_ARCH_X86', 'SCMP_ARCH_X32'] },
    ],
    syscalls: [{ names: ['read', 'write'], action: allow, args: [], errnoRet: null }],
  };
  assert.deepEqual(toOciSeccomp(profile, here), {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: 38,
    architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'],
    syscalls: [{ names: ['read', 'write'], action: allow }],
  });
});

for (const { name, rule, situation, applies } of [
  { name: 'a capability it needs', rule: { includes: { caps: ['CAP_SYS_CHROOT'] } }, applies: true },
  { name: 'a capability that is missing', rule: { includes: { caps: ['CAP_SYS_CHROOT', 'CAP_BPF'] } }, applies: false },
  { name: 'a capability it is not for', rule: { excludes: { caps: ['CAP_SYS_CHROOT'] } }, applies: false },
  { name: 'its architecture', rule: { includes: { arches: ['amd64', 'x32'] } }, applies: true },
  { name: 'another architecture', rule: { includes: { arches: ['arm64'] } }, applies: false },
  {
    name: 'another architecture, there',
    rule: { includes: { arches: ['arm64'] } },
    situation: { arch: 'arm64' },
    applies: true,
  },
  { name: 'an architecture it is not for', rule: { excludes: { arches: ['amd64'] } }, applies: false },
  { name: 'a kernel that is new enough', rule: { includes: { minKernel: '4.8' } }, applies: true },
  {
    name: 'a kernel that is too old',
    rule: { includes: { minKernel: '4.8' } },
    situation: { kernel: '4.4.1' },
    applies: false,
  },
  { name: 'a kernel of the same version', rule: { includes: { minKernel: '6.1' } }, applies: true },
]) {
  test(`toOciSeccomp: a rule with ${name} ${applies ? 'applies' : 'does not apply'}`, () => {
    assert.deepEqual(names([{ names: ['x'], action: allow, ...rule }], situation), applies ? ['x'] : []);
  });
}

test('toOciSeccomp: conditions on arguments and answers are kept', () => {
  const args = [{ index: 0, value: 16, valueTwo: 0, op: 'SCMP_CMP_EQ' }];
  const profile = {
    defaultAction: allow,
    syscalls: [{ name: 'socket', action: 'SCMP_ACT_ERRNO', errnoRet: 22, args }],
  };
  assert.deepEqual(toOciSeccomp(profile, here).syscalls, [
    { names: ['socket'], action: 'SCMP_ACT_ERRNO', errnoRet: 22, args },
  ]);
});
