import { command } from '../parse/command.ts';
import { text, toggle } from '../parse/flag.ts';

export const tour = command({
  usage: '[OPTIONS]',
  summary: 'Show on the live engine how container networks work',
  operands: { least: 0, most: 0 },
  flags: {
    list: toggle('--list', 'Only list the steps'),
    image: text('--image <string>', 'Image of the containers: must hold a busybox', 'busybox'),
  },
  async run(context, _operands, { list, image }) {
    const { playTour } = await import('../tour/index.ts');
    return playTour(context, { list, image });
  },
});
