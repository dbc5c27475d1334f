import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { rebootMarks, THOROUGH, type RebootMarks } from '../../src/probes/reboot-marks.js';
import { parseText, readHere, SHELLS } from './shells.js';

describe.each(SHELLS)('reboot marks by %s', (_name, shell) => {
  test('of this computer', () => {
    const [marks] = readHere(shell, rebootMarks, [THOROUGH]);
    const isAsked = ['/run/reboot-required', '/run/reboot-needed'].some((path) => existsSync(path));
    expect(marks).toMatchObject({ runningKernel: release(), isAsked });
    const { stdout } = spawnSync('sh', ['-c', 'ls -d /boot/vmlinuz-* 2>/dev/null']);
    const images = stdout.toString().split('\n');
    for (const kernel of marks?.kernels ?? []) expect(images).toContain(`/boot/vmlinuz-${kernel}`);
  });
});

const NOTHING: RebootMarks = {
  isAsked: false,
  askedBy: [],
  isContainer: false,
  runningKernel: '',
  kernels: [],
  isNeededByDnf: undefined,
  lacksModules: false,
  nixosParts: [],
  isNeededByZypper: false,
  isNeededByNeedrestart: false,
};

describe('answers', () => {
  test.each<[string, string, Partial<RebootMarks>]>([
    ['nothing to tell', 'running=6.1.0-18-amd64\n', { runningKernel: '6.1.0-18-amd64' }],
    [
      'packages, one of them twice',
      'asked=\nby=linux-image-6.1.0-25-amd64\nby=dbus\nby=dbus\n',
      { isAsked: true, askedBy: ['linux-image-6.1.0-25-amd64', 'dbus'] },
    ],
    ['names that are none', 'asked=\nby=$(id)\nby=\u001b[31m\nby=-x\nby=\nby=a b\n', { isAsked: true }],
    ['a container', 'container=\n', { isContainer: true }],
    ['kernels', 'kernel=6.1.0-18-amd64\nkernel=*\n', { kernels: ['6.1.0-18-amd64'] }],
    ['dnf wants it', 'dnf=Reboot is required to fully utilize these updates.\n', { isNeededByDnf: true }],
    ['dnf does not', 'dnf=\n', { isNeededByDnf: false }],
    ['modules that are gone', 'modules=\n', { lacksModules: true }],
    ['parts of NixOS', 'nixos=kernel\nnixos=kernel\nnixos=initrd\n', { nixosParts: ['kernel', 'initrd'] }],
    ['zypper', 'zypper=\n', { isNeededByZypper: true }],
    ['needrestart: current', 'needrestart=1\n', {}],
    ['needrestart: newer', 'needrestart=3\n', { isNeededByNeedrestart: true }],
  ])('%s', (_name, answer, expected) => {
    expect(parseText(rebootMarks, `${answer}end=\n`, [''])).toEqual([{ ...NOTHING, ...expected }]);
  });

  test('an answer that was cut off is none', () => {
    expect(() => parseText(rebootMarks, 'running=6.1.0\n', [''])).toThrow('did not tell');
  });
});
