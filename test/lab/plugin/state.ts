/** What the plugin knows, by the engine's ids. */
export type State = {
  networks: Record<string, { bridge: string; options: Record<string, string>; gateway: string }>;
  endpoints: Record<string, { network: string; outer: string; inner: string; address: string }>;
  pools: Record<string, { subnet: string; taken: string[]; slow?: string }>;
  forgets: boolean;
};

/** A request: any JSON. */
// biome-ignore lint/suspicious/noExplicitAny: the plugin trusts its engine, and a test that sends nonsense fails.
export type Body = any;
