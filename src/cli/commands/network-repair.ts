import { command } from '../parse/command.ts';
import { toggle } from '../parse/flag.ts';

export const networkRepair = command({
  usage: '[OPTIONS]',
  summary: "Restore what the engine's network should be, and remove what no record owns",
  operands: { least: 0, most: 0 },
  flags: { json: toggle('--json', 'Print in JSON format') },
  async run(context, _operands, { json }) {
    const report = await context.client.networks.repair();
    if (json) {
      await context.out(`${JSON.stringify(report)}\n`);
      return 0;
    }
    const lines = [
      ...report.restored.map((object) => `restored  ${object}`),
      ...report.removed.map((object) => `removed   ${object}`),
    ];
    await context.out(
      `${lines.length === 0 ? 'Nothing to repair: the kernel agrees with the records.' : lines.join('\n')}\n`,
    );
    return 0;
  },
});
