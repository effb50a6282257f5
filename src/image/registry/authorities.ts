import { readFile } from 'node:fs/promises';

/** Where distributions keep the certificates that all of a machine's programs trust, as Go's clients look for them. */
const places = [
  '/etc/ssl/certs/ca-certificates.crt', // Debian, Alpine, Arch
  '/etc/pki/tls/certs/ca-bundle.crt', // Fedora
  '/etc/ssl/ca-bundle.pem', // openSUSE
];

/** A process has one set of authorities, however many engines are in it. */
const ofProcess: { trusting?: Promise<void> } = {};

/**
 * Node brings authorities of its own; what this machine trusts besides (a company's) is added, once for the whole process.
 * `SSL_CERT_FILE` names another file than the usual ones.
 */
export function trustMachine(): Promise<void> {
  ofProcess.trusting ??= addOwn();
  return ofProcess.trusting;
}

async function addOwn(): Promise<void> {
  const { getCACertificates, setDefaultCACertificates } = process.getBuiltinModule('node:tls'); // only when it is needed
  const known = new Set(getCACertificates('default').map(withoutBreaks));
  const more = (await machineCertificates()).filter((one) => !known.has(withoutBreaks(one)));
  if (more.length > 0) setDefaultCACertificates([...getCACertificates('default'), ...more]);
}

async function machineCertificates(): Promise<readonly string[]> {
  const asked = process.env['SSL_CERT_FILE'];
  for (const place of asked ? [asked] : places) {
    const text = await readFile(place, 'utf8').catch(() => undefined);
    if (text !== undefined) return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  }
  return [];
}

/** Two writings of one certificate break their lines differently. */
const withoutBreaks = (certificate: string): string => certificate.replace(/\s+/g, '');
