import { AppError } from '../../base/index.ts';
import { checkFlag, type Filters } from '../../contract/index.ts';

const refuse = (message: string): never => {
  throw new AppError('invalid', message);
};
const statuses = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'];
const healths = ['none', 'starting', 'healthy', 'unhealthy'];

/** Values of the filters of ps that can only be some. Throws invalid with Docker's texts. */
export function checkValues(filters: Filters): void {
  for (const status of filters['status'] ?? [])
    if (!statuses.includes(status))
      refuse(
        `invalid filter 'status=${status}': invalid value for state (${status}): must be one of ${statuses.join(', ')}`,
      );
  for (const code of filters['exited'] ?? [])
    if (!/^[+-]?\d+$/.test(code))
      refuse(`invalid filter 'exited=${code}': strconv.Atoi: parsing "${code}": invalid syntax`);
  for (const health of filters['health'] ?? [])
    if (!healths.includes(health))
      refuse(
        `invalid filter 'health=${health}': invalid value for health (${health}): must be one of ${healths.join(', ')}`,
      );
  for (const key of ['publish', 'expose']) for (const range of filters[key] ?? []) checkPorts(key, range);
  checkFlag(filters, 'is-task');
}

/** "80", "80-90", with or without "/udp". */
function checkPorts(key: string, range: string): void {
  const ports = range.split('/', 1)[0]!.split('-', 2);
  const bad = ports.find((port) => !/^\d{1,5}$/.test(port));
  if (bad !== undefined)
    refuse(`error while looking up for ${key} ${range}: strconv.ParseUint: parsing "${bad}": invalid syntax`);
}
