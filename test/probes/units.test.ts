import { describe, expect, test } from '@jest/globals';
import { units } from '../../src/probes/units.js';
import { parseText } from './shells.js';

/** As systemd 252 prints it for `sshd.service nonesuch.service apt-daily.timer masked.service`. */
const SHOW = `Id=ssh.service
Names=ssh.service sshd.service
LoadState=loaded
ActiveState=active
SubState=running
FragmentPath=/lib/systemd/system/ssh.service
UnitFileState=enabled
NeedDaemonReload=no

Id=nonesuch.service
Names=nonesuch.service
LoadState=not-found
ActiveState=inactive
SubState=dead
FragmentPath=
UnitFileState=
NeedDaemonReload=no

Id=apt-daily.timer
Names=apt-daily.timer
LoadState=loaded
ActiveState=active
SubState=waiting
FragmentPath=/lib/systemd/system/apt-daily.timer
UnitFileState=enabled
NeedDaemonReload=yes

Id=masked.service
Names=masked.service
LoadState=masked
ActiveState=inactive
SubState=dead
FragmentPath=/dev/null
UnitFileState=masked
NeedDaemonReload=no
`;

describe('units', () => {
  test.each([
    ['ssh.service', { loadState: 'loaded', activeState: 'active', unitFileState: 'enabled' }],
    ['sshd.service', { loadState: 'loaded', fragmentPath: '/lib/systemd/system/ssh.service' }],
    ['nonesuch.service', { loadState: 'not-found', activeState: 'inactive', unitFileState: '' }],
    ['apt-daily.timer', { subState: 'waiting', isReloadNeeded: true }],
    ['masked.service', { loadState: 'masked', unitFileState: 'masked' }],
  ])('%s', (name, entry) => {
    expect(parseText(units, SHOW, [name])[0]).toMatchObject(entry);
  });

  test('what systemd does not speak of is not known', () => {
    expect(parseText(units, SHOW, ['other.service', 'sh.service'])).toEqual([null, null]);
  });

  test('one process for all, names never options', () => {
    expect(units.script(['a.service', 'b@x.timer'])).toMatch(
      /^systemctl show [^\n]* -- a\.service b@x\.timer /,
    );
  });
});
