import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Addresses, files, a build, and services in the network of another one and of the host. */
const application = `
version: '3.8'
services:
  built:
    build: {context: app, target: last, args: {COLOUR: blue}}
    env_file: app.env
    secrets: [pass]
    healthcheck: {test: [CMD, test, -e, /colour], interval: 1s}
    networks:
      fixed: {ipv4_address: 172.30.9.9, ipv6_address: 'fd00:9::9'}
      outer: {}
    mac_address: 02:42:ac:1e:09:09
    extra_hosts: ['other:192.0.2.7', 'gate:host-gateway']
    sysctls: {net.ipv4.ip_unprivileged_port_start: 0}
    ulimits: {nofile: {soft: 90, hard: 99}}
    stop_grace_period: 0s
  beside:
    image: busybox
    command: sh -c 'for i in 1 2 3; do echo line $$i; done; exec sleep 1000'
    network_mode: service:built
    stop_grace_period: 0s
  hostly:
    image: busybox
    command: sleep 1000
    network_mode: host
    stop_grace_period: 0s
  tool:
    image: busybox
    command: echo tool ran
    profiles: [extra]
    networks: [outer]
networks:
  fixed:
    enable_ipv6: true
    ipam:
      config:
        - {subnet: 172.30.9.0/24}
        - {subnet: 'fd00:9::/64'}
  outer:
    external: true
    name: feature-outer
secrets:
  pass: {file: ./secret.txt}
`;

const dockerfile = `
FROM busybox AS base
ARG COLOUR=none
RUN echo $COLOUR >/colour
FROM base AS last
CMD ["sh", "-c", "cat /colour; exec sleep 1000"]
`;

/** The application's text; what it reads is written into the folder. */
export function features(folder: string): string {
  mkdirSync(join(folder, 'app'));
  writeFileSync(join(folder, 'app/Dockerfile'), dockerfile);
  writeFileSync(join(folder, 'app.env'), 'LEVEL=7\n');
  writeFileSync(join(folder, 'secret.txt'), 'hidden\n');
  writeFileSync(join(folder, 'setting.txt'), 'set\n');
  return application;
}

/** The same with what only the newer compose has: files of configuration. */
export const withConfigs = (text: string): string =>
  text
    .replace("version: '3.8'\n", '')
    .replace('    secrets: [pass]\n', '    secrets: [pass]\n    configs: [{source: set, target: /etc/set.txt}]\n')
    .concat('configs:\n  set: {file: ./setting.txt}\n');
