import * as v from 'valibot';

/** Where a plugin listens. */
export type PluginAddress =
  | { readonly type: 'unix'; readonly path: string }
  | { readonly type: 'tcp'; readonly host: string; readonly port: number; readonly tls?: PluginTls };

/** Files in PEM. Without an authority, those that Node knows: reading the system's would hold everything up. */
export type PluginTls = {
  readonly authority: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  readonly insecure: boolean;
};

/** A `.spec` file: one URL. Throws an Error that says what is wrong. */
export const parseSpec = (text: string): PluginAddress => parseUrl(text.trim(), undefined);

const file = v.optional(v.string(), '');
const description = v.object({
  Addr: v.string(),
  TLSConfig: v.nullish(
    v.object({ InsecureSkipVerify: v.optional(v.boolean(), false), CAFile: file, CertFile: file, KeyFile: file }),
  ),
});

/** A `.json` file: the address, and with what certificates. Throws an Error that says what is wrong. */
export function parseJson(text: string): PluginAddress {
  const parsed = v.safeParse(description, JSON.parse(text));
  if (!parsed.success) {
    const issue = parsed.issues[0];
    throw new Error(`${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
  }
  const { Addr, TLSConfig: tls } = parsed.output;
  return parseUrl(Addr, tls ?? undefined);
}

function parseUrl(text: string, tls: v.InferOutput<typeof description>['TLSConfig'] | undefined): PluginAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'unix:' && url.pathname !== '') {
    return { type: 'unix', path: decodeURIComponent(url.host + url.pathname) };
  }
  if (url === undefined || !['tcp:', 'http:', 'https:'].includes(url.protocol) || url.hostname === '') {
    throw new Error(`Unknown protocol: want unix:///path or tcp://host:port, not "${text}"`);
  }
  // As in Docker, certificates alone do not make it TLS.
  const secure = url.protocol === 'https:';
  const port = Number(url.port || (secure ? 443 : 80));
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!secure) return { type: 'tcp', host, port };
  const named = (path: string | undefined): string | undefined => path || undefined;
  return {
    type: 'tcp',
    host,
    port,
    tls: {
      authority: named(tls?.CAFile),
      certificate: named(tls?.CertFile),
      key: named(tls?.KeyFile),
      insecure: tls?.InsecureSkipVerify ?? false,
    },
  };
}
