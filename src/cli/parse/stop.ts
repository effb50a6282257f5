import type { StopOptions } from '../../client/index.ts';
import { parseWhole } from '../values/number.ts';
import { text, type Values, value } from './flag.ts';

/** How a container is brought to its end: shared by stop and restart. */
export const stopFlags = {
  signal: text('-s, --signal <string>', 'Signal to send to the container'),
  timeout: value('-t, --timeout <int>', 'Seconds to wait before killing the container', parseWhole),
  time: value('--time <int>', 'The same as --timeout', parseWhole),
};

export const stopOptions = (values: Values<typeof stopFlags>): StopOptions => ({
  timeoutSeconds: values.timeout ?? values.time,
  signal: values.signal,
});
