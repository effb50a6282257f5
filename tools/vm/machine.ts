import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Parts } from './disk.ts';

export type Job = {
  /** Test files, relative to the project. */
  readonly files: readonly string[];
  /** After so long the machine is switched off, and the tests it had not ended count as failed. */
  readonly minutes: number;
};

/** How qemu runs the processor: software emulation, which every machine can; with /dev/kvm at work, "kvm" is faster. */
const accelerator = process.env['PORTOLAN_VM_ACCEL'] ?? 'tcg,thread=multi';
/** Emulated, a test takes about ten times as long. */
const testTimeoutMs = 600_000;

/** A disk without a file system: a tar of the project with what is to be run, unpacked by guest/run. */
export function packProject(file: string, root: string, work: string, { files }: Job): void {
  mkdirSync(join(work, '.vm'), { recursive: true });
  writeFileSync(join(work, '.vm/files'), files.join(' '));
  writeFileSync(join(work, '.vm/timeout-ms'), String(testTimeoutMs));
  const without = ['./node_modules', './.git', './dist'].map((path) => `--exclude=${path}`);
  execFileSync('tar', ['-c', '-f', file, ...without, '-C', root, '.', '-C', work, './.vm']);
}

/**
 * Boots, streams what the machine prints, and answers when it is off. The results are then in `resultsFile`. The disk is
 * not changed: writes go to a temporary file. The machine has no network but what its tests make.
 */
export async function boot(parts: Parts, project: string, resultsFile: string, { minutes }: Job): Promise<void> {
  const args = [
    ...['-machine', 'q35', '-accel', accelerator, '-cpu', 'max', '-smp', '2', '-m', '3072'],
    ...['-display', 'none', '-monitor', 'none', '-nic', 'none', '-no-reboot', '-nodefaults'],
    ...['-kernel', parts.kernel, '-initrd', parts.initrd],
    ...['-append', 'console=ttyS0 quiet loglevel=4 panic=-1'],
    ...['-drive', `file=${parts.disk},format=raw,if=virtio,snapshot=on,cache=unsafe`],
    ...['-drive', `file=${project},format=raw,if=virtio,readonly=on`],
    ...['-device', 'virtio-rng-pci', '-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'],
    ...['-serial', `file:${resultsFile}`],
  ];
  const machine = spawn('qemu-system-x86_64', args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const off = (): boolean => machine.kill('SIGKILL');
  const timer = setTimeout(() => {
    console.error(`vm: switched off after ${minutes} minutes`);
    off();
  }, minutes * 60_000);
  process.once('SIGINT', off).once('SIGTERM', off);
  const [code] = await once(machine, 'exit');
  clearTimeout(timer);
  if (code !== 0 && code !== null) throw new Error(`qemu-system-x86_64 ended with exit code ${code}`);
}
