/**
 * Which folder of src/ may import which: the architecture, as docs/architecture.md tells it. A plain name is a whole
 * folder; `store/records.ts` is that file alone; `*` stands for the rest of a name.
 */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  base: [],
  contract: ['base'],
  build: ['base'],
  syscall: ['base'],
  netlink: ['base', 'syscall'],
  nftables: ['base', 'syscall'],
  network: [
    'base',
    'netlink',
    'nftables',
    'store/records.ts',
    'syscall/netns*.ts',
    'syscall/poller.ts',
    'syscall/socket*.ts',
  ],
  runtime: ['base', 'netlink/unix-diag.ts', 'syscall'],
  image: ['base', 'build', 'syscall'],
  volume: ['base', 'syscall'],
  store: ['base', 'syscall'],
  engine: ['base', 'build', 'contract', 'network', 'runtime', 'image', 'volume', 'store'],
  api: ['base', 'contract'],
  client: ['base', 'contract'],
  cli: ['base', 'build', 'contract', 'client'],
  web: ['base', 'contract', 'client'],
  // The composition root.
  daemon: ['*'],
  'main.ts': ['*'],
};

/** Folders of codecs: imported by file, since an index would only hide the source. All others show an index.ts. */
export const byFile: readonly string[] = ['syscall', 'netlink', 'nftables', 'daemon'];

/** Parts of a folder that must stay without system calls, and those that must not know each other. */
export const pure: readonly string[] = ['network/plan', 'network/drivers', 'network/sub-interface', 'network/ipam'];
export const strangers: readonly string[] = ['network/drivers'];
