/**
 * What a network and a container cost when there are many: the first against the last. Needs root.
 * Usage: UV_THREADPOOL_SIZE=8 node bench/scale.ts [networks = 2000] [containers = 500]
 */
import { openScaleLab, type Sample } from '../test/lab/scale-lab.ts';

const [networks = 2000, containers = 500] = process.argv.slice(2).map(Number);

const line = ({ medianMs, fastMs }: Sample): string => `${ms(medianMs)} (fastest tenth ${ms(fastMs)})`;
const ms = (value: number): string => `${value.toFixed(2).padStart(9)} ms`;

await using lab = await openScaleLab();
console.log(`${networks} networks`);
const made = await lab.networks(networks);
for (const sample of made) console.log(`${line(sample)}  create, network ${sample.from} and the next`);
console.log(`${ms(await lab.createAndRemove(50))}  create and remove, beside them`);
console.log(`${ms(await lab.connectAndDisconnect(50))}  connect and disconnect, beside them`);
console.log(`${containers} containers on one network`);
for (const sample of await lab.containers(containers)) {
  console.log(`${line(sample)}  sandbox up, container ${sample.from} and the next`);
}
console.log(`${ms(await lab.repairMs())}  compare everything with the kernel`);
console.log(`${ms(await lab.restartMs())}  start anew beside all of it`);
console.log(`${ms(await lab.containersDown())}  sandbox down, each`);
console.log(`${ms(await lab.networksGone(100))}  remove, each`);
console.log(`${(process.memoryUsage.rss() / 2 ** 20).toFixed(0).padStart(9)} MiB resident`);
