import { AppError } from '../../../base/index.ts';
import type { HostConfig } from '../../../contract/index.ts';
import { refuse } from './refuse.ts';

const ruleForm = /^[abc] (\d+|\*):(\d+|\*) ([rwm]{1,3})$/;

/** `--device-cgroup-rule`, `--gpus` and `--storage-opt`: what is not there is refused, never left out in silence. */
export function checkDevices({ DeviceCgroupRules, DeviceRequests, StorageOpt }: HostConfig): void {
  const bad = DeviceCgroupRules.find((rule) => !ruleForm.test(rule));
  if (bad !== undefined) refuse(`invalid device cgroup rule format: '${bad}'`);
  const [request] = DeviceRequests;
  if (request !== undefined) {
    const capabilities = request.Capabilities.map((list) => `[${list.join(' ')}]`).join(' ');
    const text = `could not select device driver "${request.Driver}" with capabilities: [${capabilities}]`;
    throw new AppError('internal', text);
  }
  if (Object.keys(StorageOpt).length > 0)
    refuse("--storage-opt is supported only for overlay over xfs with 'pquota' mount option");
}
