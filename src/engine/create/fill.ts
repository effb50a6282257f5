import type { MountPoint } from '../../contract/index.ts';
import { borrowRoot } from '../archive/borrow.ts';
import type { Container } from '../container/container.ts';
import type { Parts } from '../parts.ts';

/** Gives volumes that are still empty what the image has in their place, with its owner and mode. */
export async function fillVolumes(parts: Parts, container: Container, points: readonly MountPoint[]): Promise<void> {
  if (points.length === 0) return;
  const { id } = container;
  const user = `${id} fill`;
  await using held = new AsyncDisposableStack();
  held.defer(() => parts.volumes.unmountAll(id, user));
  const empty: MountPoint[] = [];
  for (const point of points) {
    await parts.volumes.mount(point.Name!, user);
    if (await parts.volumes.isEmpty(point.Name!)) empty.push(point);
  }
  if (empty.length === 0) return;
  const { rootfs } = held.use(await borrowRoot(parts, container, new AbortController().signal));
  for (const { Name, Destination } of empty) await parts.volumes.fill(Name!, rootfs, Destination);
}
