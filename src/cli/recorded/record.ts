/** Records what docker's own client sends for each command line: `bin/node24 src/cli/recorded/record.ts > src/cli/recorded/docker-28.jsonl`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { smallEngine } from './answers.ts';
import { commandLines } from './cases.ts';
import { FakeEngine } from './fake-engine.ts';
import { meaning } from './meaning.ts';

for (const argv of commandLines) {
  await using engine = await new FakeEngine(smallEngine).listen();
  const child = spawn('docker', ['-H', engine.host, ...argv], { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const [code] = await once(child, 'close');
  const requests = engine.requests.map((request) => ({ ...request, body: meaning(request.body) }));
  process.stdout.write(`${JSON.stringify({ argv, code, errors, requests })}\n`);
}
