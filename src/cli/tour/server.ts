import { spawn } from 'node:child_process';
import type { Scene } from './scene.ts';

/** Runs a server of ours, a script for node, in the network namespace of a container. Ends when disposed. */
export async function startServer(scene: Scene, container: string, script: string): Promise<Disposable> {
  const argv = [`--net=/proc/${await scene.pid(container)}/ns/net`, process.execPath, '-e', script];
  const child = spawn('nsenter', argv, { stdio: 'ignore' });
  child.on('error', () => {});
  await scene.say.command(`nsenter ${argv[0]} node -e "${script}" &`, '');
  return {
    [Symbol.dispose]() {
      child.kill('SIGKILL');
    },
  };
}
