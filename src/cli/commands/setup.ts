import { fileURLToPath } from 'node:url';
import { command } from '../parse/command.ts';
import { toggle } from '../parse/flag.ts';

const script = fileURLToPath(new URL('../../../tools/setup/install.sh', import.meta.url));

export const setup = command({
  usage: '[OPTIONS]',
  summary: 'Install what the engine needs from this system',
  operands: { least: 0, most: 0 },
  flags: { systemd: toggle('--systemd', 'Also install, enable and start a systemd service') },
  async run(_context, _operands, { systemd }) {
    const { spawnSync } = await import('node:child_process');
    const { status } = spawnSync('sh', [script, ...(systemd ? ['--systemd'] : [])], { stdio: 'inherit' });
    return status ?? 1;
  },
});
