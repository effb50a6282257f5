import { command } from '../parse/command.ts';
import { text, toggle } from '../parse/flag.ts';
import { copyOutput } from '../session/streams.ts';
import { parseMoment } from '../values/time.ts';

export const logs = command({
  usage: '[OPTIONS] CONTAINER',
  summary: 'Fetch the logs of a container',
  operands: { least: 1, most: 1 },
  complete: ['containers'],
  flags: {
    follow: toggle('-f, --follow', 'Follow log output'),
    since: text(
      '--since <string>',
      'Show logs since timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)',
    ),
    until: text(
      '--until <string>',
      'Show logs before a timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)',
    ),
    tail: text('-n, --tail <string>', 'Number of lines to show from the end of the logs', 'all'),
    timestamps: toggle('-t, --timestamps', 'Show timestamps'),
    details: toggle('--details', 'Show extra details provided to logs'),
  },
  async run(context, [name = ''], { follow, since, until, tail, timestamps }) {
    const { containers } = context.client;
    const { Id, Config } = await containers.inspect(name);
    const now = new Date();
    const moment = (given: string): string => (given === '' ? '' : parseMoment(given, now));
    const options = { follow, timestamps, tail, since: moment(since), until: moment(until) };
    await copyOutput(await containers.logs(Id, options), Config.Tty, context.stdio);
    return 0;
  },
});
