import { describe, expect, test } from '@jest/globals';
import type { RebootMarks } from '../../src/probes/reboot-marks.js';
import reboot from '../../src/tasks/reboot.js';
import { fakeHost } from './fake-host.js';
import { plan, problems } from './plan-task.js';

const MARKS: RebootMarks = {
  isAsked: false,
  askedBy: [],
  isContainer: false,
  runningKernel: '6.1.0-18-amd64',
  kernels: ['6.1.0-18-amd64'],
  isNeededByDnf: undefined,
  lacksModules: false,
  nixosParts: [],
  isNeededByZypper: false,
  isNeededByNeedrestart: false,
};
const on = (marks: Partial<RebootMarks>) => fakeHost({ 'reboot-marks': { '': { ...MARKS, ...marks } } });
const STEP = ['reboot 600000 ms'];
const NEWER = ['6.1.0-18-amd64', '6.1.0-25-amd64'];

describe('reboot', () => {
  test.each<[string, object, Partial<RebootMarks>, readonly string[], readonly string[]]>([
    ['nothing asks for it', {}, {}, [], []],
    ['the system asks', {}, { isAsked: true }, ['reboot: needed -> done'], STEP],
    [
      'packages ask',
      {},
      { isAsked: true, askedBy: ['linux-image-amd64', 'dbus'] },
      ['reboot: needed by linux-image-amd64, dbus -> done'],
      STEP,
    ],
    [
      'many packages ask',
      {},
      { isAsked: true, askedBy: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] },
      ['reboot: needed by a, b, c, d, e and 2 more -> done'],
      STEP,
    ],
    [
      'a newer kernel is installed',
      { timeout: 90 },
      { kernels: NEWER },
      ['reboot: needed: the kernel 6.1.0-25-amd64 is installed, 6.1.0-18-amd64 runs -> done'],
      ['reboot 90000 ms'],
    ],
    ['a container has the kernel of its host', {}, { isContainer: true, kernels: NEWER }, [], []],
    [
      'a container may be asked all the same',
      {},
      { isContainer: true, isAsked: true },
      ['reboot: needed -> done'],
      STEP,
    ],
    ['dnf asks', {}, { isNeededByDnf: true }, ['reboot: needed: needs-restarting says so -> done'], STEP],
    [
      'the modules of the kernel that runs are gone',
      {},
      { lacksModules: true },
      ['reboot: needed: the modules of the kernel that runs, 6.1.0-18-amd64, are gone -> done'],
      STEP,
    ],
    [
      'another system of NixOS',
      {},
      { nixosParts: ['initrd'] },
      ['reboot: needed: the initrd of the system is another than was booted -> done'],
      STEP,
    ],
    ['zypper asks', {}, { isNeededByZypper: true }, ['reboot: needed: zypper says so -> done'], STEP],
    [
      'needrestart asks',
      {},
      { isNeededByNeedrestart: true },
      ['reboot: needed: needrestart knows of a newer kernel or its parts -> done'],
      STEP,
    ],
    [
      'nothing of a kernel counts in a container',
      {},
      { isContainer: true, lacksModules: true, nixosParts: ['kernel'] },
      [],
      [],
    ],
    ['dnf does not', {}, { isNeededByDnf: false }, [], []],
    ['packages without the file that asks say nothing', {}, { askedBy: ['dbus'] }, [], []],
    ['always', { when: 'always' }, {}, [], STEP],
    ['always, whatever is needed', { when: 'always' }, { isAsked: true }, [], STEP],
    ['without a return', { when: 'always', returns: false }, {}, [], ['reboot 600000 ms, no return']],
  ])('%s', async (_name, params, marks, changes, steps) => {
    const planned = await plan(reboot, params, on(marks));
    expect(planned.changes).toEqual(changes);
    expect(planned.steps).toEqual(steps);
  });

  test('only always is an action', () => {
    const kinds = [{}, { when: 'always' }].map((written) => reboot.isAction?.(reboot.params.parse(written)));
    expect(kinds).toEqual([false, true]);
  });

  test('may touch anything', () => {
    expect(reboot.touches).toBeUndefined();
  });

  test.each<[string, object, string]>([
    ['another word', { when: 'sometimes' }, 'when'],
    ['no time', { timeout: 0 }, 'timeout'],
    ['half a second', { timeout: 0.5 }, 'timeout'],
    ['days', { timeout: 100_000 }, 'timeout'],
    ['a word for a truth', { returns: 'no' }, 'returns'],
  ])('%s is refused', (_name, written, field) => {
    expect(problems(reboot, written).join()).toMatch(new RegExp(`^${field}: `));
  });
});
