import { AppError, shortId } from '../../../base/index.ts';
import type { Driver } from '../../driver.ts';
import type { IpvlanFlag, IpvlanMode } from '../../plan/types.ts';
import { type ChildKind, childDriver } from '../../sub-interface/index.ts';

const modeOption = 'ipvlan_mode';
const flagOption = 'ipvlan_flag';
const modes: readonly string[] = ['l2', 'l3', 'l3s'] satisfies IpvlanMode[];
const flags: readonly string[] = ['bridge', 'private', 'vepa'] satisfies IpvlanFlag[];

function readMode(value: string): IpvlanMode {
  if (value === '') return 'l2';
  if (modes.includes(value)) return value as IpvlanMode;
  const text = `requested ipvlan mode '${value}' is not valid, 'l2' mode is the ipvlan driver default`;
  throw new AppError('invalid', `${text}; the others are l3 and l3s`);
}

function readFlag(value: string): IpvlanFlag {
  if (value === '') return 'bridge';
  if (flags.includes(value)) return value as IpvlanFlag;
  const text = `requested ipvlan flag '${value}' is not valid, 'bridge' is the ipvlan driver default`;
  throw new AppError('invalid', `${text}; the others are private and vepa`);
}

const flagOf = (kind: ChildKind): IpvlanFlag => (kind.type === 'ipvlan' ? kind.flag : 'bridge');

/** An ipvlan link for each endpoint: an address of its own, behind the parent's hardware address. */
export const ipvlanDriver = (): Driver =>
  childDriver({
    name: 'ipvlan',
    dummyPrefix: 'di',
    shimPrefix: 'hi',
    options: [modeOption, flagOption],
    kindOn: (parent, options) => ({
      type: 'ipvlan',
      parent,
      mode: readMode(options[modeOption] ?? ''),
      flag: readFlag(options[flagOption] ?? ''),
    }),
    usesGateway: (kind) => kind.type !== 'ipvlan' || kind.mode === 'l2',
    ownMac: false,
    hostRefusal: (kind) =>
      flagOf(kind) === 'bridge'
        ? undefined
        : `links with flag ${flagOf(kind)} do not hear each other: ${flagOption}=bridge does`,
    sharingRefusal: (_kind, parent, other) =>
      `network di-${shortId(other.id)} is already using parent interface ${parent}`,
  });
