import { attrTable } from '../attr.ts';
import { be16, bool, bytes, type Codec, ip, mac, s32, string, stringz, u8, u16, u32 } from '../codec.ts';
import { struct } from '../wire.ts';

/** struct ifinfomsg, <linux/rtnetlink.h>. */
export const ifinfomsg = struct('ifinfomsg', 16, [
  ['family', 'u8'], // AF_UNSPEC, or AF_BRIDGE for the bridge's own view
  [null, 'u8'],
  ['type', 'u16'], // ARPHRD_*, <linux/if_arp.h>
  ['index', 's32'],
  ['flags', 'u32'], // IFF_*, <linux/if.h>
  ['change', 'u32'], // the bits of `flags` that the request may touch
]);

// IFF_*, <linux/if.h>
export const IFF_UP = 0x1;
export const IFF_RUNNING = 0x40;
export const IFF_PROMISC = 0x100;

/** IFLA_BR_*, <linux/if_link.h>. Times are in hundredths of a second. */
export const bridgeAttrs = attrTable({
  forwardDelayCs: [1 /* IFLA_BR_FORWARD_DELAY */, u32],
  ageingTimeCs: [4 /* IFLA_BR_AGEING_TIME */, u32],
  stp: [5 /* IFLA_BR_STP_STATE */, u32],
  vlanFiltering: [7 /* IFLA_BR_VLAN_FILTERING */, bool],
  groupFwdMask: [9 /* IFLA_BR_GROUP_FWD_MASK */, u16],
  multicastSnooping: [23 /* IFLA_BR_MCAST_SNOOPING */, bool],
  defaultPvid: [39 /* IFLA_BR_VLAN_DEFAULT_PVID */, u16],
});

/** IFLA_BRPORT_*, <linux/if_link.h>. */
export const bridgePortAttrs = attrTable({
  state: [1 /* IFLA_BRPORT_STATE */, u8], // BR_STATE_*, <linux/if_bridge.h>
  hairpin: [4 /* IFLA_BRPORT_MODE */, bool],
  guard: [5 /* IFLA_BRPORT_GUARD */, bool],
  learning: [8 /* IFLA_BRPORT_LEARNING */, bool],
  flood: [9 /* IFLA_BRPORT_UNICAST_FLOOD */, bool],
  multicastFlood: [27 /* IFLA_BRPORT_MCAST_FLOOD */, bool],
  broadcastFlood: [30 /* IFLA_BRPORT_BCAST_FLOOD */, bool],
  groupFwdMask: [31 /* IFLA_BRPORT_GROUP_FWD_MASK */, u16],
  neighSuppress: [32 /* IFLA_BRPORT_NEIGH_SUPPRESS */, bool],
  isolated: [33 /* IFLA_BRPORT_ISOLATED */, bool],
});

/** IFLA_MACVLAN_*, <linux/if_link.h>. Mode: 1 private, 2 vepa, 4 bridge, 8 passthru. */
export const macvlanAttrs = attrTable({
  mode: [1 /* IFLA_MACVLAN_MODE */, u32],
  flags: [2 /* IFLA_MACVLAN_FLAGS */, u16],
});
/** IFLA_IPVLAN_*, <linux/if_link.h>. Mode: 0 l2, 1 l3, 2 l3s; flags: 1 private, 2 vepa. */
export const ipvlanAttrs = attrTable({
  mode: [1 /* IFLA_IPVLAN_MODE */, u16],
  flags: [2 /* IFLA_IPVLAN_FLAGS */, u16],
});
/** IFLA_VLAN_*, <linux/if_link.h>. */
export const vlanAttrs = attrTable({ id: [1 /* IFLA_VLAN_ID */, u16], protocol: [5 /* IFLA_VLAN_PROTOCOL */, be16] });
/** IFLA_VXLAN_*, <linux/if_link.h>. */
export const vxlanAttrs = attrTable({
  vni: [1 /* IFLA_VXLAN_ID */, u32],
  group: [2 /* IFLA_VXLAN_GROUP */, ip],
  linkIndex: [3 /* IFLA_VXLAN_LINK */, u32],
  local: [4 /* IFLA_VXLAN_LOCAL */, ip],
  ttl: [5 /* IFLA_VXLAN_TTL */, u8],
  learning: [7 /* IFLA_VXLAN_LEARNING */, bool],
  proxy: [11 /* IFLA_VXLAN_PROXY */, bool],
  l2miss: [13 /* IFLA_VXLAN_L2MISS */, bool],
  l3miss: [14 /* IFLA_VXLAN_L3MISS */, bool],
  port: [15 /* IFLA_VXLAN_PORT */, be16],
});

/** IFLA_INFO_*, <linux/if_link.h>. What `data` holds depends on `kind`. */
const linkInfo = attrTable({
  kind: [1 /* IFLA_INFO_KIND */, string],
  data: [2 /* IFLA_INFO_DATA */, bytes],
  slaveKind: [4 /* IFLA_INFO_SLAVE_KIND */, string],
  slaveData: [5 /* IFLA_INFO_SLAVE_DATA */, bytes],
});

/** IFLA_*, <linux/if_link.h>. Written in this order, which is that of ip(8). */
export const linkAttrs = attrTable({
  mac: [1 /* IFLA_ADDRESS */, mac],
  mtuBytes: [4 /* IFLA_MTU */, u32],
  txQueueLength: [13 /* IFLA_TXQLEN */, u32],
  masterIndex: [10 /* IFLA_MASTER */, u32],
  operState: [16 /* IFLA_OPERSTATE */, u8],
  netnsFd: [28 /* IFLA_NET_NS_FD */, u32],
  group: [27 /* IFLA_GROUP */, u32],
  alias: [20 /* IFLA_IFALIAS */, string],
  linkIndex: [5 /* IFLA_LINK */, u32],
  name: [3 /* IFLA_IFNAME */, stringz],
  linkNetnsid: [37 /* IFLA_LINK_NETNSID */, s32],
  filterMask: [29 /* IFLA_EXT_MASK */, u32],
  promiscuity: [30 /* IFLA_PROMISCUITY */, u32],
  carrier: [33 /* IFLA_CARRIER */, bool],
  info: [18 /* IFLA_LINKINFO */, linkInfo],
});
export type LinkAttrs = typeof linkAttrs extends Codec<infer V> ? V : never;
export type BridgeAttrs = typeof bridgeAttrs extends Codec<infer V> ? V : never;
export type BridgePortAttrs = typeof bridgePortAttrs extends Codec<infer V> ? V : never;
