import { hasCode, messageOf } from './errors.ts';

/** Why a request by HTTP got no answer, as Go words it, since scripts read these: dial tcp …: connect: connection refused. */
export function requestReason(error: unknown): string {
  const { address, port, hostname } = error as { address?: string; port?: number; hostname?: string };
  if (hasCode(error, 'ECONNREFUSED')) return `dial tcp ${address}:${port}: connect: connection refused`;
  if (hasCode(error, 'ENOTFOUND') || hasCode(error, 'EAI_AGAIN')) return `dial tcp: lookup ${hostname}: no such host`;
  const code = String((error as { code?: unknown }).code ?? '');
  if (/SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)/.test(code))
    return 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
  if (error instanceof AggregateError && error.errors.length > 0) return requestReason(error.errors[0]);
  return messageOf(error);
}
