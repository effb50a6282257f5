import { AppError, shortId } from '../../../base/index.ts';
import type { Driver } from '../../driver.ts';
import type { MacvlanMode } from '../../plan/types.ts';
import { type ChildKind, childDriver } from '../../sub-interface/index.ts';

const modeOption = 'macvlan_mode';
const modes: readonly string[] = ['bridge', 'private', 'vepa', 'passthru'] satisfies MacvlanMode[];

function readMode(value: string): MacvlanMode {
  if (value === '') return 'bridge';
  if (modes.includes(value)) return value as MacvlanMode;
  const text = `requested macvlan mode '${value}' is not valid, 'bridge' mode is the macvlan driver default`;
  throw new AppError('invalid', `${text}; the others are private, vepa and passthru`);
}

const modeOf = (kind: ChildKind): MacvlanMode => (kind.type === 'macvlan' ? kind.mode : 'bridge');

/** A macvlan link for each endpoint: a hardware address of its own on the parent's segment. */
export const macvlanDriver = (): Driver =>
  childDriver({
    name: 'macvlan',
    dummyPrefix: 'dm',
    shimPrefix: 'hm',
    options: [modeOption],
    kindOn: (parent, options) => ({ type: 'macvlan', parent, mode: readMode(options[modeOption] ?? '') }),
    usesGateway: () => true,
    ownMac: true,
    hostRefusal: (kind) =>
      modeOf(kind) === 'bridge'
        ? undefined
        : `links in mode ${modeOf(kind)} do not hear each other: ${modeOption}=bridge does`,
    sharingRefusal: (kind, parent, other) => {
      const id = shortId(other.id);
      if (modeOf(kind) === 'passthru') {
        return `cannot use mode passthru, macvlan network ${id} is already using parent interface ${parent}`;
      }
      return modeOf(other.kind) === 'passthru'
        ? `macvlan network ${id} is already using parent interface ${parent} in mode passthru`
        : undefined;
    },
  });
