import { HomelabError } from '../../core/errors.js';
import type { Facts } from '../../core/facts.js';
import type { RoleItem } from '../../core/role.js';
import type { ChronySystem } from './chrony-systems.js';

/** Name of the action of {@link restartAction}. */
export const RESTART = 'restart chrony';

/** The action that chronyd is restarted by. */
export function restartAction({ service }: ChronySystem): Readonly<Record<string, RoleItem>> {
  return { [RESTART]: { name: 'restart', kind: 'service', params: { name: service, restart: true } } };
}

/** Without the right to set the clock chronyd ends at once, and its unit is not even tried: chronyd(8), `-x`. */
export function leaveClockAlone({ service, options }: ChronySystem, { init }: Facts): RoleItem[] {
  const { path, key, usual } = options;
  const words = [usual, '-x'].filter((word) => word !== '').join(' ');
  const folder = `/etc/systemd/system/${service}.service.d`;
  const unit: RoleItem[] = [
    { name: 'folder of the unit', kind: 'directory', params: { path: folder } },
    {
      name: 'unit starts without the right to set the clock',
      kind: 'file',
      params: { path: `${folder}/homelab.conf`, content: '[Unit]\nConditionCapability=\n', mode: '0644' },
      onChange: [RESTART],
    },
    {
      // systemd looks for a new folder of a unit only then.
      name: 'the unit is read again',
      kind: 'command',
      params: {
        argv: ['systemctl', 'daemon-reload'],
        unless: `systemctl show -p DropInPaths ${service} | grep -qF '${folder}/homelab.conf'`,
      },
    },
  ];
  return [
    {
      name: 'the clock is left alone',
      kind: 'setting',
      params: { path, key, value: `"${words}"`, separator: '=' },
      onChange: [RESTART],
    },
    ...(init === 'systemd' ? unit : []),
  ];
}

/**
 * What {@link leaveClockAlone} did is undone where the clock is to be set again: chronyd would run, and keep no clock. Other
 * options of the owner stay.
 */
export function takeClockBack({ service, options }: ChronySystem, { init }: Facts): RoleItem {
  const { path, key, usual } = options;
  const words = [usual, '-x'].filter((word) => word !== '').join(' ');
  const folder = `/etc/systemd/system/${service}.service.d`;
  const isLeft = `grep -qsxF '${key}="${words}"' ${path}`;
  return {
    name: 'the clock is kept again',
    kind: 'command',
    params:
      init === 'systemd'
        ? {
            shell: `${setBack(options)} && rm -f ${folder}/homelab.conf && systemctl daemon-reload`,
            only_if: `${isLeft} || test -e ${folder}/homelab.conf`,
          }
        : { shell: setBack(options), only_if: isLeft },
    onChange: [RESTART],
  };
}

function setBack({ path, key, usual }: ChronySystem['options']): string {
  return `{ ! test -e ${path} || sed -i 's/^${key}="${usual === '' ? '' : `${usual} `}-x"$/${key}="${usual}"/' ${path}; }`;
}

function off(name: string, params: Readonly<Record<string, unknown>>): RoleItem {
  return { name: `${name} is off`, kind: 'command', params };
}

/** What else would pull at the clock, where no package says so. */
export function rivalItems({ rivals }: ChronySystem, { os }: Facts): RoleItem[] {
  const timesyncd = 'systemd-timesyncd.service';
  return [
    { name: 'no other time service', kind: 'package', params: { names: rivals, state: 'absent' } },
    ...(os.family === 'redhat'
      ? [
          off('systemd-timesyncd', {
            argv: ['systemctl', 'disable', '--now', timesyncd],
            only_if: `systemctl -q is-enabled ${timesyncd} || systemctl -q is-active ${timesyncd}`,
          }),
        ]
      : []),
    ...(os.family === 'alpine'
      ? [
          off('ntpd', {
            shell: 'rc-service --ifstarted ntpd stop; rc-update del ntpd',
            only_if: 'test -e /etc/runlevels/default/ntpd',
          }),
        ]
      : []),
  ];
}

/** Whether chronyd runs here, and as what. @throws HomelabError `role/no-clock` where a container is to set its clock */
export function chronydRuns(
  { sets_clock: setsClock }: { readonly sets_clock?: boolean | undefined },
  { container }: Facts,
): boolean {
  if (container === '') return true;
  if (setsClock !== true) return setsClock === false;
  throw new HomelabError({
    code: 'role/no-clock',
    message: `a container (${container}) has the clock of the machine that it runs on, and cannot set it`,
    hint: 'Leave `sets_clock` out, or write `sets_clock: false` for chronyd to serve the time alone.',
  });
}
