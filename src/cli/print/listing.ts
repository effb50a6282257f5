import { compile, goJson, unescapeFormat } from '../template/index.ts';
import { table } from './table.ts';

/** A row for --format: field name to value; a function is a field with a parameter, as `.Label "key"`. */
export type Row = Readonly<Record<string, unknown>>;

export type Listing = {
  readonly rows: readonly Row[];
  /** Headings of all fields; a field without one has its own name in capitals. */
  readonly headings: Readonly<Record<string, string>>;
  /** The fields of the plain table, in order. */
  readonly columns: readonly string[];
  /** The field that --quiet prints. */
  readonly id: string;
};

export type ListingStyle = { readonly format: string; readonly json: boolean; readonly quiet: boolean };

/** The text of a list in the form asked for: a table, a table of chosen fields, JSON lines, ids, or a Go template. */
export function formatListing(listing: Listing, style: ListingStyle): string {
  const format = style.json ? 'json' : style.format;
  if (style.quiet && (format === '' || format === 'table')) {
    return listing.rows.map((row) => `${String(row[listing.id])}\n`).join('');
  }
  if (format === 'json') return listing.rows.map((row) => `${goJson(plainFields(row))}\n`).join('');
  if (format === '' || format === 'table') return plainTable(listing);
  if (format.startsWith('table ')) return chosenTable(listing, unescapeFormat(format.slice('table '.length)));
  const line = compile(unescapeFormat(format));
  return listing.rows.map((row) => `${line(sorted(row))}\n`).join('');
}

function plainTable({ rows, headings, columns }: Listing): string {
  const head = columns.map((column) => headings[column] ?? column.toUpperCase());
  return table([head, ...rows.map((row) => columns.map((column) => String(row[column])))]);
}

function chosenTable({ rows, headings }: Listing, format: string): string {
  const line = compile(format);
  const head: Row = new Proxy(headings, {
    get: (known, field) => known[String(field)] ?? labelHeading,
    getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true }),
  });
  return table([line(head), ...rows.map((row) => line(row))].map((text) => text.split('\t')));
}

/** A label's heading is its key's last part, in words. */
const labelHeading = (key: unknown): string => String(key).split('.').at(-1)!.replace(/[-_]/g, ' ');

const plainFields = (row: Row): Row =>
  Object.fromEntries(Object.entries(sorted(row)).filter(([, value]) => typeof value !== 'function'));

/** By name, as `json` prints a map. */
const sorted = (row: Row): Row => Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
