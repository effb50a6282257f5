/** RTM_*, <linux/rtnetlink.h>. */
export const RTM_NEWLINK = 16;
export const RTM_DELLINK = 17;
export const RTM_GETLINK = 18;
export const RTM_SETLINK = 19;
export const RTM_NEWADDR = 20;
export const RTM_DELADDR = 21;
export const RTM_GETADDR = 22;
export const RTM_NEWROUTE = 24;
export const RTM_DELROUTE = 25;
export const RTM_GETROUTE = 26;
export const RTM_NEWNEIGH = 28;
export const RTM_DELNEIGH = 29;
export const RTM_GETNEIGH = 30;

/** AF_*, <linux/socket.h>. */
export const AF_UNSPEC = 0;
export const AF_INET = 2;
export const AF_BRIDGE = 7;
export const AF_INET6 = 10;

export const familyOf = (address: string): number => (address.includes(':') ? AF_INET6 : AF_INET);

/** RT_SCOPE_*, <linux/rtnetlink.h>. */
export const scopes = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 } as const;
export type Scope = keyof typeof scopes;
export const scopeName = (number: number): Scope =>
  (Object.keys(scopes) as Scope[]).find((name) => scopes[name] === number) ?? 'global';
