import type { Poller } from '../syscall/poller.ts';
import { attrTable } from './attr.ts';
import { be32, stringz } from './codec.ts';
import type { Reply } from './message.ts';
import { Notifications } from './notifications.ts';
import { NETLINK_NETFILTER } from './transport.ts';

/** NFNLGRP_NFTABLES, <linux/netfilter/nfnetlink.h>. */
const group = 7;
/** NFNL_SUBSYS_NFTABLES << 8 with NFT_MSG_DELTABLE, _DELCHAIN, _DELRULE, <linux/netfilter/nf_tables.h>. */
const removals: ReadonlySet<number> = new Set([2, 5, 8].map((message) => (10 << 8) | message));
/** NFT_MSG_NEWGEN: the end of each transaction. */
const transactionEnd = (10 << 8) | 15;
/** struct nfgenmsg, <linux/netfilter/nfnetlink.h>: one byte of family, one of version, two of resource. */
const headerBytes = 4;
/** NFTA_TABLE_NAME, NFTA_CHAIN_TABLE and NFTA_RULE_TABLE are all 1. */
const ofTable = attrTable({ table: [1, stringz] });
const transaction = attrTable({ threadId: [2 /* NFTA_GEN_PROC_PID */, be32] });

export type RulesWatchOptions = {
  /** Of the namespace behind this descriptor, or the caller's own. It may be closed afterwards. */
  readonly netnsFd?: number | undefined;
  /**
   * A table of this name, or a chain or rule of it, was removed, in whatever family: once for each transaction, and not
   * for those of this process's main thread.
   */
  readonly onRemoved: (table: string) => void;
  /** More happened than the kernel could keep for us. */
  readonly onLost: () => void;
};

/** Removals of nftables' tables, chains and rules, told as they happen. What becomes of elements is not told. */
export const watchRules = (poller: Poller, { netnsFd, onRemoved, onLost }: RulesWatchOptions): Disposable => {
  const removed = new Set<string>();
  const onMessage = ({ type, body }: Reply): void => {
    if (removals.has(type)) {
      const { table } = ofTable.decode(body.subarray(headerBytes));
      if (table !== undefined) removed.add(table);
    } else if (type === transactionEnd && removed.size > 0) {
      const { threadId } = transaction.decode(body.subarray(headerBytes));
      // The main thread's number is the process's.
      if (threadId !== process.pid) for (const table of removed) onRemoved(table);
      removed.clear();
    }
  };
  return Notifications.open(poller, {
    protocol: NETLINK_NETFILTER,
    groups: [group],
    netnsFd,
    onMessage,
    onLost: () => {
      removed.clear();
      onLost();
    },
  });
};
