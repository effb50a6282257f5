/** A dotted ASCII name in wire form (RFC 1035, section 3.1): each label behind its length, then 0. */
export function nameBytes(name: string): Uint8Array {
  const labels = name.split('.').map((label) => Buffer.from(label, 'latin1').subarray(0, 63));
  return Buffer.concat([...labels.flatMap((label) => [Buffer.of(label.length), label]), Buffer.of(0)]);
}

/** The name under which an address is looked up in reverse: RFC 1035, section 3.5; RFC 3596, section 2.5. */
export function reverseName(address: Uint8Array): string {
  if (address.length === 4) return `${Array.from(address).reverse().join('.')}.in-addr.arpa`;
  const digits = Buffer.from(address).toString('hex');
  return `${Array.from(digits).reverse().join('.')}.ip6.arpa`;
}
