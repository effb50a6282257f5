import { InvalidValue } from './invalid.ts';

/** A whole number, with sign. The wording is Go's. */
export function parseWhole(text: string): number {
  if (!/^[-+]?\d+$/.test(text)) throw new InvalidValue(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  return Number(text);
}

/** Billionths of a CPU from "1.5" or ".25". */
export function parseCpus(text: string): number {
  if (!/^\d*\.?\d+$|^\d+\.$/.test(text)) throw new InvalidValue(`failed to parse ${text} as a rational number`);
  const nano = Number(text) * 1e9;
  if (Math.abs(nano - Math.round(nano)) > 1e-3) throw new InvalidValue('value is too precise');
  return Math.round(nano);
}
