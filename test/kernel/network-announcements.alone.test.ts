import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { containerId, endpoint, NetworkLab, networkCreate } from '../lab/network-lab.ts';

const a = containerId('a');
const b = containerId('b');

/**
 * "… 12:34:56.000123456 length=42 from=0 to=41" and then the frame in hexadecimal, as socat -x writes it. Behind the point
 * are microseconds, whatever the number of digits.
 */
const framePattern = /^> \S+ (\d\d):(\d\d):(\d\d)\.(\d+) .*\n((?: [ 0-9a-f]+\n?)+)/gm;

/** Moments in seconds at which `a`, coming up, told its neighbours of its address, as `b` heard it. */
async function announcements(
  t: TestContext,
  lab: NetworkLab,
  isOne: (frame: Buffer) => boolean,
  within: number,
): Promise<readonly number[]> {
  const dump = lab.listen(b, 'socat', '-u', '-x', 'INTERFACE:eth0', 'OPEN:/dev/null');
  t.after(() => dump.kill());
  let text = '';
  dump.stderr!.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  while (lab.inside(b, 'ss', '-Hp0').includes('socat') === false) await sleep(20);
  await lab.network.sandboxUp(lab.sandbox(a));
  const mac = lab.network.endpointsOf(a)[0]!.lease!.mac.replaceAll(':', '');
  await sleep(within * 1000);
  return [...text.matchAll(framePattern)].flatMap(([, hours, minutes, seconds, micros, hex]) => {
    const frame = Buffer.from(hex!.replace(/\s/g, ''), 'hex');
    if (frame.toString('hex', 6, 12) !== mac || !isOne(frame)) return [];
    return [Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) + Number(micros) / 1e6];
  });
}

/** Ethernet type ARP. */
const isArp = (frame: Buffer): boolean => frame.readUInt16BE(12) === 0x0806;
/** IPv6, next header ICMPv6 (58), type neighbour advertisement (136, RFC 4861). */
const isAdvertisement = (frame: Buffer): boolean =>
  frame.readUInt16BE(12) === 0x86dd && frame[20] === 58 && frame[54] === 136;

for (const { name, options, filter, ipv6 = false, gaps } of [
  { name: 'three times, a second apart', options: {}, filter: isArp, gaps: [1, 1] },
  {
    name: 'as often as asked, over IPv6 too',
    options: { 'com.docker.network.advertise_addr_nmsgs': '2', 'com.docker.network.advertise_addr_ms': '200' },
    filter: isAdvertisement,
    ipv6: true,
    gaps: [0.2],
  },
  {
    name: 'not at all when so asked',
    options: { 'com.docker.network.advertise_addr_nmsgs': '0' },
    filter: isArp,
    gaps: undefined,
  },
] as const) {
  test(`a new endpoint tells its neighbours of its addresses ${name}`, async (t) => {
    const lab = await NetworkLab.start(t);
    await lab.network.createNetwork(networkCreate('told', { options, ipv6 }));
    await lab.up(b, ['told']);
    await lab.network.connect(a, 'told', endpoint());
    const seen = await announcements(t, lab, filter, gaps?.[0] === 1 ? 2.6 : 0.8);
    const between = seen.slice(1).map((moment, index) => moment - seen[index]!);
    assert.equal(seen.length, gaps === undefined ? 0 : gaps.length + 1, `${seen}`);
    for (const [index, gap] of (gaps ?? []).entries()) {
      assert.ok(Math.abs(between[index]! - gap) < 0.15 + gap / 4, `${between} instead of ${gaps}`);
    }
    await lab.network.sandboxDown(a);
    assert.equal(lab.mends.length, 0);
  });
}
