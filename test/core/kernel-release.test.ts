import { describe, expect, test } from '@jest/globals';
import { newerKernel } from '../../src/core/kernel-release.js';

describe('the kernel that a reboot would bring', () => {
  test.each<[string, readonly string[], string | undefined]>([
    ['6.1.0-18-amd64', ['6.1.0-18-amd64'], undefined],
    ['6.1.0-18-amd64', ['6.1.0-9-amd64', '6.1.0-18-amd64', '6.1.0-25-amd64'], '6.1.0-25-amd64'],
    ['6.1.0-18-amd64', ['6.1.0-25-rt-amd64', '6.1.0-25-cloud-amd64'], undefined],
    ['6.1.0-18-rt-amd64', ['6.1.0-25-rt-amd64', '6.1.0-26-amd64'], '6.1.0-25-rt-amd64'],
    ['6.8.0-31-generic', ['6.8.0-100-generic', '6.8.0-31-generic'], '6.8.0-100-generic'],
    ['6.6.31+rpt-rpi-v8', ['6.6.31+rpt-rpi-2712', '6.6.51+rpt-rpi-v8'], '6.6.51+rpt-rpi-v8'],
    ['6.17.4-2-pve', ['6.8.12-4-pve', '6.17.4-2-pve'], undefined],
    ['6.12.9~rc1+deb13-amd64', ['6.12.9+deb13-amd64'], '6.12.9+deb13-amd64'],
    ['6.12.9+deb13-amd64', ['6.12.9~rc1+deb13-amd64'], undefined],
    [
      '5.14.0-362.el9.x86_64',
      ['0-rescue-0123', '5.14.0-362.18.1.el9_3.x86_64'],
      '5.14.0-362.18.1.el9_3.x86_64',
    ],
    ['6.1.0-18-amd64', [], undefined],
    ['', ['6.1.0-18-amd64'], undefined],
    ['custom', ['6.1.0-18-amd64'], undefined],
  ])('%s runs, %j are there: %p', (running, installed, newer) => {
    expect(newerKernel(running, installed)).toBe(newer);
  });
});
