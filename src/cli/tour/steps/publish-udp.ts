import { startServer } from '../server.ts';
import type { Step } from '../step.ts';

const echo = `require('dgram').createSocket('udp4').on('message', function (m, c) { this.send('echo: ' + m, c.port, c.address) }).bind(80)`;

/** Study notes 1.7 (6) iii. */
export const publishUdp: Step = {
  title: 'Publish a UDP port',
  why: [
    'Ports are counted for each protocol: 80/udp has nothing to do with 80/tcp, and a container may publish both.',
    "busybox serves no UDP, so a process of the host was put into the container's namespace: no more is needed.",
  ],
  async play(scene) {
    await scene.run('udp1', '-itd', '--name', scene.name('udp1'), '-p', '80/udp', scene.image);
    const { output } = await scene.portolan('port', scene.name('udp1'), '80/udp');
    const port = Number(/:(\d+)\s*$/m.exec(output)?.[1]);
    await scene.say.check(port > 30000, `the engine chose ${port}/udp`);
    using _server = await startServer(scene, 'udp1', echo);
    const ask = `exec 3<>/dev/udp/127.0.0.1/${port}; echo hello >&3; timeout 2 head -n 1 <&3`;
    const answered = async (): Promise<boolean> =>
      (await scene.host.run(['bash', '-c', ask])).output.includes('echo: hello');
    await scene.eventually(answered);
    const reply = await scene.tool('bash', '-c', ask);
    await scene.say.check(
      reply.output.includes('echo: hello'),
      `a datagram went in through ${port}/udp, and its answer came back`,
    );
  },
};
