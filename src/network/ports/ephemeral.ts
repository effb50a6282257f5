import { readFileSync } from 'node:fs';

/** Ports below belong to registered services, whatever the machine's range says (RFC 6335, section 6). */
const lowest = 32768;
/** Dynamic ports of RFC 6335, for a machine whose own range lies below `lowest`. */
const fallback = { first: 49153, last: 65535 } as const;

/** Hands out numbers of the ephemeral range in a circle, so that a port that was just freed is not the next. */
export class EphemeralPorts {
  readonly #first: number;
  readonly #last: number;
  readonly #reserved: ReadonlySet<number>;
  #next: number;

  /** Texts of `ip_local_port_range` and `ip_local_reserved_ports`, sysctls of net.ipv4. */
  constructor(range: string, reserved: string) {
    const [from = 0, to = 0] = range.trim().split(/\s+/).map(Number);
    const usable = to >= lowest && from <= to;
    this.#first = usable ? Math.max(from, lowest) : fallback.first;
    this.#last = usable ? to : fallback.last;
    this.#reserved = parseReserved(reserved);
    this.#next = this.#first;
  }

  /** Reads the sysctls of the namespace that the calling thread is in. */
  static read(): EphemeralPorts {
    return new EphemeralPorts(sysctl('ip_local_port_range'), sysctl('ip_local_reserved_ports'));
  }

  /** Each number of the range once, from where the last caller stopped. */
  *candidates(): Iterable<number> {
    for (let tried = this.#first; tried <= this.#last; tried++) {
      const port = this.#next;
      this.#next = port === this.#last ? this.#first : port + 1;
      if (!this.#reserved.has(port)) yield port;
    }
  }
}

/** "8080,9148,30000-30010". */
function parseReserved(text: string): ReadonlySet<number> {
  const ports = new Set<number>();
  for (const item of text.trim().split(',')) {
    const [first = '', last = first] = item.split('-');
    for (let port = Number(first); first !== '' && port <= Number(last); port++) ports.add(port);
  }
  return ports;
}

function sysctl(name: string): string {
  try {
    return readFileSync(`/proc/sys/net/ipv4/${name}`, 'utf8');
  } catch {
    return '';
  }
}
