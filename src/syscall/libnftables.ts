import koffi from 'koffi';

/** struct nft_ctx of <nftables/libnftables.h>: only its address is known here. */
export type NftHandle = { readonly nftContext: unique symbol };

/** The functions of libnftables that a context uses, <nftables/libnftables.h>. */
export type Libnftables = {
  create(flags: number): NftHandle | null;
  free(handle: NftHandle): void;
  bufferOutput(handle: NftHandle): number;
  bufferError(handle: NftHandle): number;
  setOutputFlags(handle: NftHandle, flags: number): void;
  output(handle: NftHandle): string;
  error(handle: NftHandle): string;
  /** 0 for success; what went wrong is then in `error`. */
  run(handle: NftHandle, commands: string): number;
  /** The same on the thread pool. */
  runAsync(handle: NftHandle, commands: string): Promise<number>;
};

/** Loads the library, once a process. Throws when it is not installed (Debian: libnftables1). */
export const libnftables: () => Libnftables = once(() => {
  const lib = koffi.load('libnftables.so.1');
  const run = lib.func('int nft_run_cmd_from_buffer(void *ctx, const char *buf)');
  return {
    create: lib.func('void *nft_ctx_new(uint32_t flags)'),
    free: lib.func('void nft_ctx_free(void *ctx)'),
    bufferOutput: lib.func('int nft_ctx_buffer_output(void *ctx)'),
    bufferError: lib.func('int nft_ctx_buffer_error(void *ctx)'),
    setOutputFlags: lib.func('void nft_ctx_output_set_flags(void *ctx, unsigned int flags)'),
    output: lib.func('const char *nft_ctx_get_output_buffer(void *ctx)'),
    error: lib.func('const char *nft_ctx_get_error_buffer(void *ctx)'),
    run,
    runAsync: (handle, commands) =>
      new Promise((resolve, reject) => {
        run.async(handle, commands, (error: Error | null, value: number) => (error ? reject(error) : resolve(value)));
      }),
  };
});

function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
