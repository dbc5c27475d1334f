import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { listeningSockets } from '../../src/probes/listening-sockets.js';
import { parseText, readHere, SHELLS } from './shells.js';

const socket = (protocol: string, port: number, program?: string, device?: string) => ({
  protocol,
  port,
  program,
  interface: device,
});
const ADDRESSES = `1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever
2: eth0    inet 192.0.2.5/24 brd 192.0.2.255 scope global eth0\\       valid_lft forever
2: eth0    inet6 fe80::5/64 scope link \\       valid_lft forever
3: virbr0    inet 192.168.122.1/24 scope global virbr0\\       valid_lft forever
`;

describe('parsed', () => {
  test.each<[string, string, readonly unknown[]]>([
    [
      'any interface, both families, once',
      `${ADDRESSES}\0tcp   LISTEN 0      128          0.0.0.0:22        0.0.0.0:*    users:(("sshd",pid=38,fd=3))
tcp   LISTEN 0      128             [::]:22           [::]:*    users:(("sshd",pid=38,fd=4))
tcp   LISTEN 0      128                *:80              *:*    users:(("nginx",pid=2,fd=6),("nginx",pid=1,fd=6))\n\0`,
      [socket('tcp', 22, 'sshd'), socket('tcp', 80, 'nginx')],
    ],
    [
      'one interface, by its address or its name',
      `${ADDRESSES}\0udp UNCONN 0 0 192.168.122.1:53 0.0.0.0:* users:(("dnsmasq",pid=3,fd=5))
udp UNCONN 0 0 0.0.0.0%virbr0:67 0.0.0.0:* users:(("dnsmasq",pid=3,fd=3))
udp UNCONN 0 0 [fe80::5]%eth0:546 [::]:*\n\0`,
      [
        socket('udp', 53, 'dnsmasq', 'virbr0'),
        socket('udp', 67, 'dnsmasq', 'virbr0'),
        socket('udp', 546, undefined, 'eth0'),
      ],
    ],
    [
      'nothing of loopback',
      `${ADDRESSES}\0tcp LISTEN 0 128 127.0.0.1:631 0.0.0.0:*
udp UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:*
tcp LISTEN 0 128 [::1]:631 [::]:*
tcp LISTEN 0 128 [::ffff:127.0.0.1]:8080 *:*\n\0`,
      [],
    ],
    [
      'a program with a strange name',
      '\0tcp LISTEN 0 1 0.0.0.0:9 0.0.0.0:* users:(("a\\"b c",pid=1,fd=3))\n\0',
      [socket('tcp', 9, 'a\\"b c')],
    ],
    [
      '/proc/net, where no ss is',
      `\0\0tcp:   0: 0100007F:0016 00000000:0000 0A 00000000:00000000
tcp:   1: 00000000:0050 00000000:0000 0A 00000000:00000000
tcp:   2: 7F01A8C0:01BB 00000000:0000 0A 00000000:00000000
tcp:   3: 050200C0:0016 010200C0:C350 01 00000000:00000000
tcp6:   0: 00000000000000000000000001000000:0277 00000000000000000000000000000000:0000 0A 0
tcp6:   1: 0000000000000000FFFF00000100007F:0278 00000000000000000000000000000000:0000 0A 0
tcp6:   2: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 0
udp:   9: 00000000:0035 00000000:0000 07 00000000:00000000
udp:  10: 050200C0:C351 010200C0:007B 01 00000000:00000000\n`,
      [socket('tcp', 80), socket('tcp', 443), socket('tcp', 8080), socket('udp', 53)],
    ],
    ['nothing', '', []],
  ])('%s', (_name, answer, sockets) => {
    expect(parseText(listeningSockets, answer, [''])).toEqual([sockets]);
  });
});

describe('this computer', () => {
  const servers: Server[] = [];
  const open = (host: string) =>
    new Promise<number>((resolve) => {
      const server = createServer().listen(0, host, () => resolve((server.address() as AddressInfo).port));
      servers.push(server);
    });
  let ports: { readonly any: number; readonly loopback: number };

  beforeAll(async () => {
    ports = { any: await open('0.0.0.0'), loopback: await open('127.0.0.1') };
  });
  afterAll(() => {
    for (const server of servers) server.close();
  });

  test.each(SHELLS)('by %s', (_name, shell) => {
    const [found] = readHere(shell, listeningSockets, ['']);
    const own = found?.map(({ protocol, port }) => `${protocol}/${port}`) ?? [];
    expect(own).toContain(`tcp/${ports.any}`);
    expect(own).not.toContain(`tcp/${ports.loopback}`);
  });
});
