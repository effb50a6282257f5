import { AppError, type ErrorKind, hasCode, type SysError } from '../../base/index.ts';
import type { LinkKind, PlannedLink } from '../plan/types.ts';

/** A link that the kernel would not make, in Docker's words and then in ours. */
export class LinkRefusal extends AppError {
  /** Whether looking at the kernel again may help: what it stands on, or its own name, is not as it was left. */
  get isStale(): boolean {
    return hasCode(this, 'ENODEV') || hasCode(this, 'EEXIST');
  }

  /** Whether it may be for what is just going: the kernel takes a namespace apart after it has answered. */
  get isForNow(): boolean {
    return hasCode(this, 'EADDRINUSE') || hasCode(this, 'EBUSY') || hasCode(this, 'EINVAL');
  }
}

/** As Docker's clients know them: Go's syscall.Errno. */
const words: Readonly<Record<string, string>> = {
  EADDRINUSE: 'address already in use',
  EBUSY: 'device or resource busy',
  EEXIST: 'file exists',
  EINVAL: 'invalid argument',
  ENETDOWN: 'network is down',
  ENODEV: 'no such device',
  ENOTSUP: 'operation not supported',
  EPERM: 'operation not permitted',
};

const modules: Readonly<Record<string, string>> = { vlan: '8021q' };

/** Undefined for a kind whose failures are told as they are. */
export function linkRefusal({ name, kind }: PlannedLink, cause: SysError): LinkRefusal | undefined {
  const lead = leadOf(name, kind, cause);
  if (lead === undefined) return undefined;
  const reason = reasonOf(name, kind, cause);
  return new LinkRefusal(errorKindOf(kind, cause), reason === '' ? lead : `${lead}: ${reason}`, { cause });
}

function leadOf(name: string, kind: LinkKind, { code }: SysError): string | undefined {
  const why = words[code] ?? code;
  switch (kind.type) {
    case 'macvlan':
    case 'ipvlan':
      return code === 'ENODEV'
        ? `the requested parent interface ${kind.parent} was not found on the Docker host`
        : `failed to create the ${kind.type} port: ${why}`;
    case 'vlan':
      return code === 'ENODEV'
        ? `-o parent interface was not found on the host: ${kind.parent}`
        : `failed to create ${name} vlan link: ${why}`;
    case 'dummy':
      return `failed to create the dummy link ${name}: ${why}`;
    case 'moved':
      return `failed to add interface ${kind.source} to sandbox: ${code === 'ENODEV' ? 'Link not found' : why}`;
    default:
      return undefined;
  }
}

function reasonOf(name: string, kind: LinkKind, { code }: SysError): string {
  const { type } = kind;
  const parent = 'parent' in kind ? kind.parent : '';
  switch (code) {
    case 'ENOTSUP':
      return `this kernel has no links of kind ${type}; its module is ${modules[type] ?? type} (modprobe ${modules[type] ?? type})`;
    case 'EBUSY':
      return `${parent} is used in another way already, as a port of a bridge or bond, or by links of another kind`;
    case 'EINVAL':
      return type === 'macvlan'
        ? `a link in mode passthru is the only one on its parent, which is neither lo nor without hardware address: ${parent} is, or has another`
        : '';
    case 'EADDRINUSE':
      return `the hardware address is somebody's on ${parent} already`;
    case 'EEXIST':
      return type === 'vlan'
        ? `${parent} has a link of that number, or there is another ${name}`
        : `an interface ${name} is there that is not ours: remove or rename it`;
    case 'ENETDOWN':
      return `set ${parent} up first (ip link set ${parent} up)`;
    default:
      return '';
  }
}

/** A VLAN's parent is what a user has just asked for; a container's was there once. */
function errorKindOf({ type }: LinkKind, { code }: SysError): ErrorKind {
  if (code === 'ENOTSUP') return 'not-implemented';
  if (code === 'ENODEV') return type === 'vlan' ? 'invalid' : 'internal';
  return ['EBUSY', 'EINVAL', 'EADDRINUSE', 'EEXIST'].includes(code) ? 'conflict' : 'internal';
}
