import type { EventMessage } from '../../contract/index.ts';
import { command } from '../parse/command.ts';
import { text } from '../parse/flag.ts';
import { documentFlags, filterFlag, filtersOf } from '../parse/list-flags.ts';
import { compile, goJson, unescapeFormat } from '../template/index.ts';
import { parseMoment } from '../values/time.ts';

export const events = command({
  usage: '[OPTIONS]',
  summary: 'Get real time events from the server',
  operands: { least: 0, most: 0 },
  flags: {
    format: text('--format <string>', `Format output using a custom template: 'json' or a Go TEMPLATE`),
    json: documentFlags.json,
    filter: filterFlag,
    since: text('--since <string>', 'Show all events created since timestamp'),
    until: text('--until <string>', 'Stream events until this timestamp'),
  },
  async run(context, _operands, { filter, format, json, since, until }) {
    const now = new Date();
    const moment = (given: string): string => (given === '' ? '' : parseMoment(given, now));
    const options = { since: moment(since), until: moment(until), filters: filtersOf(filter) };
    const show = formatter(json ? 'json' : format);
    for await (const event of await context.client.system.events(options)) await context.out(`${show(event)}\n`);
    return 0;
  },
});

function formatter(format: string): (event: EventMessage) => string {
  if (format === '') return eventLine;
  if (format === 'json') return goJson;
  const template = compile(unescapeFormat(format));
  return (event) =>
    template({
      ...event,
      ID: event.Actor.ID,
      Status: event.status ?? '',
      Scope: event.scope,
      Time: event.time,
      TimeNano: event.timeNano,
    });
}

/** "2026-11-23T19:23:30.502798758Z container create ID (image=busybox, name=web)". */
function eventLine({ Type, Action, Actor, time, timeNano }: EventMessage): string {
  // JSON numbers keep 16 digits, nanoseconds since 1970 have 19: the last three are not told.
  const micros = Math.round((timeNano - time * 1e9) / 1e3);
  const moment = new Date(time * 1000).toISOString().replace(/\.\d+Z$/, '');
  const attributes = Object.entries(Actor.Attributes ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`);
  const suffix = attributes.length === 0 ? '' : ` (${attributes.join(', ')})`;
  return `${moment}.${String(Math.max(0, micros)).padStart(6, '0')}000Z ${Type} ${Action} ${Actor.ID}${suffix}`;
}
