import type { PlannedLink } from '../plan/types.ts';
import type { ChildKind } from './family.ts';

/** What children stand on. */
export type Parent =
  /** Nothing of the host's: a link of their own that leads nowhere. */
  | { readonly type: 'dummy'; readonly name: string }
  /** "eth0.10": used if there is such a link, made if not. */
  | { readonly type: 'vlan'; readonly name: string; readonly below: string; readonly id: number }
  /** Must be there; `missing` is what to say if it is not. */
  | { readonly type: 'link'; readonly name: string; readonly missing: string };

/** Reads `-o parent`. The texts for what cannot be are Docker's. */
export function parseParent(name: string): Exclude<Parent, { readonly type: 'dummy' }> {
  const unknown = (text: string) => {
    const why = `-o parent interface was not found on the host: ${name}`;
    return { type: 'link' as const, name, missing: `${text}: ${why}` };
  };
  if (!name.includes('.')) return unknown(`invalid subinterface vlan name ${name}, example formatting is eth0.10`);
  const [below = '', number = '', ...more] = name.split('.');
  if (more.length > 0) {
    const form = 'required interface name format is: name.vlan_id, ex. eth0.10 for vlan 10';
    return unknown(`${form}, instead received ${name}`);
  }
  if (!/^[+-]?\d+$/.test(number)) {
    return unknown(`unable to parse a valid vlan id from: ${number} (ex. eth0.10 for vlan 10)`);
  }
  const id = Number(number);
  // 12 bits, of which the first and the last number are reserved (IEEE 802.1Q).
  if (id < 1 || id > 4094) return unknown(`vlan id must be between 1-4094, received: ${id}`);
  return { type: 'vlan', name, below, id };
}

/** The parent as a plan says it. A VLAN link may be several networks': it belongs to none of them alone. */
export function parentLink(parent: Parent, owner: string, bears: ChildKind): PlannedLink {
  const { name } = parent;
  switch (parent.type) {
    case 'dummy':
      return { name, owner, bears, kind: { type: 'dummy' } };
    case 'vlan':
      return { name, owner: `parent:${name}`, bears, kind: { type: 'vlan', parent: parent.below, id: parent.id } };
    case 'link':
      return { name, owner, bears, kind: { type: 'foreign', missing: parent.missing } };
  }
}
