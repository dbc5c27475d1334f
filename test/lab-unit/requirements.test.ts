import { describe, expect, test } from '@jest/globals';
import { labRequirements, requireLab, type Computer } from '../../src/lab/requirements.js';

const computer = (more: Partial<Computer> = {}): Computer => ({
  platform: 'linux',
  userId: 0,
  hasProgram: () => true,
  ...more,
});
const without =
  (...names: string[]) =>
  (name: string) =>
    !names.includes(name);

describe('labRequirements', () => {
  test.each<[string, Computer, string[], string[]]>([
    ['all is there', computer(), [], []],
    ['another system', computer({ platform: 'darwin', userId: 501 }), ['Linux'], []],
    ['a plain user', computer({ userId: 1000 }), ['root privileges'], []],
    [
      'programs of one package are asked for once',
      computer({ hasProgram: without('ssh', 'ssh-keygen', 'systemd-nspawn') }),
      ['systemd-nspawn', 'ssh', 'ssh-keygen'],
      ['systemd-container', 'openssh-client'],
    ],
  ])('%s', (_what, one, missing, packages) => {
    expect(labRequirements(one)).toEqual({ missing, packages });
  });

  test('says how to get what is missing', () => {
    expect(() => requireLab(computer({ userId: 1000, hasProgram: without('mmdebstrap') }))).toThrow(
      expect.objectContaining({
        code: 'lab/unavailable',
        message: 'The lab cannot run here: missing root privileges, mmdebstrap',
        hint: 'Run `apt install mmdebstrap`. Run it as root.',
      }),
    );
    expect(requireLab(computer())).toBeUndefined();
  });
});
