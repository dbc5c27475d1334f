import { describe, expect, test } from '@jest/globals';
import {
  addressNumber,
  isWithin,
  parseNetwork,
  withoutOverlaps,
  type Network,
} from '../../src/core/networks.js';

const network = (text: string): Network => {
  const parsed = parseNetwork(text);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
};

describe('addresses', () => {
  test.each([
    ['0.0.0.0', 4, 0n],
    ['10.0.0.1', 4, 0x0a_00_00_01n],
    ['255.255.255.255', 4, 0xff_ff_ff_ffn],
    ['::', 6, 0n],
    ['::1', 6, 1n],
    ['fe80::1%eth0', 6, 0xfe80_0000_0000_0000_0000_0000_0000_0001n],
    ['2001:db8::a:0:0:1', 6, 0x2001_0db8_0000_0000_000a_0000_0000_0001n],
    ['1:2:3:4:5:6:7:8', 6, 0x0001_0002_0003_0004_0005_0006_0007_0008n],
    ['2001:db8::', 6, 0x2001_0db8_0000_0000_0000_0000_0000_0000n],
    ['::ffff:10.0.0.1', 6, 0xffff_0a00_0001n],
  ] as const)('%s', (text, family, value) => {
    expect(addressNumber(text)).toEqual({ family, value });
  });

  test.each(['', '10.0.0', 'nas.lan', '10.0.0.1/8', ':::', 'x'])('%j is none', (text) => {
    expect(addressNumber(text)).toBeUndefined();
  });
});

describe('networks', () => {
  test.each([
    ['10.1.2.3', '10.0.0.0/8', true],
    ['10.0.0.0/8', '10.1.0.0/16', false],
    ['10.0.0.0/8', '10.0.0.0/8', true],
    ['11.0.0.1', '10.0.0.0/8', false],
    ['1.2.3.4', '0.0.0.0/0', true],
    ['fd00::1', 'fd00::/8', true],
    ['10.0.0.1', '::/0', false],
  ])('%s in %s: %p', (inner, outer, expected) => {
    expect(isWithin(network(inner), network(outer))).toBe(expected);
  });

  test.each([
    ['10.0.0.5/24', 'has bits set after its prefix'],
    ['10.0.0.0/33', 'has a prefix longer than 32 bits'],
    ['fd00::/129', 'has a prefix longer than 128 bits'],
    ['nas.lan', 'is neither an address nor a network'],
    ['10.0.0.0/', 'is neither an address nor a network'],
    ['fe80::1%eth0', 'is neither an address nor a network'],
  ])('%s is refused', (text, problem) => {
    expect(parseNetwork(text)).toContain(problem);
  });

  test.each([
    [['10.1.0.0/16', '10.0.0.0/8', '10.2.3.4'], ['10.0.0.0/8']],
    [['10.0.0.1', '10.0.0.1', '10.0.0.1/32'], ['10.0.0.1']],
    [
      ['fd00::/8', '10.0.0.0/8', '192.168.1.0/24'],
      ['10.0.0.0/8', '192.168.1.0/24', 'fd00::/8'],
    ],
  ])('%j without overlaps', (texts, expected) => {
    expect(withoutOverlaps(texts.map(network)).map(({ text }) => text)).toEqual(expected);
  });
});
