import { randomInt } from 'node:crypto';

const adjectives = (
  'able amber bold brave breezy bright brisk calm candid clear clever coral crisp daring deft eager early easy fair fleet ' +
  'fond free fresh gentle glad golden grand hardy hearty honest jolly keen kind lively loyal lucid lucky mellow merry mild ' +
  'misty modest nimble noble patient plucky polite proud quick quiet ready salty serene sharp silver sincere snug spry ' +
  'steady stout sunny sure swift tidal tidy tranquil trim true trusty upbeat vivid warm wise witty zesty'
).split(' ');

/** Map makers, navigators and those who measured the sea. */
const surnames = (
  'agnese albuquerque amundsen barents behaim bering blaeu bonny bouguer bowditch cabot cantino caverio champlain cook ' +
  'cosa cresques da_gama dampier dias dulcert elcano erikson fitzroy franklin frobisher hadley halley harrison hipparchus ' +
  'hondius hudson idrisi ibn_battuta ibn_majid janszoon la_perouse magellan maury mercator nansen ortelius pinzon piri ' +
  'polo ptolemy pytheas roggeveen ross shackleton tasman tharp torres tupaia vallseca vancouver vespucci waldseemuller zheng_he'
)
  .split(' ')
  .map((name) => name.replaceAll('_', ''));

/** A free name for a container nobody named: "salty_mercator". `taken` decides; a number is added when luck runs out. */
export function inventName(taken: (name: string) => boolean): string {
  const pick = (list: readonly string[]): string => list[randomInt(list.length)]!;
  for (let round = 0; ; round++) {
    const name = `${pick(adjectives)}_${pick(surnames)}${round < 4 ? '' : randomInt(10 ** Math.min(round, 9))}`;
    if (!taken(name)) return name;
  }
}
