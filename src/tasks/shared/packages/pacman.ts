import { runStep, type Step } from '../../../core/step.js';
import { pacmanOffers, pacmanUpgrades } from '../../../probes/package-candidates-pacman.js';
import { pacmanPackages } from '../../../probes/packages-pacman.js';
import type { PackageManager } from './manager.js';

/**
 * Waits up to five minutes for another pacman, which itself does not wait. Its lock is a file that a killed one leaves:
 * one that no process has held open for two seconds is such a remnant, and goes. find(1) of GNU reads the links.
 */
const WAIT_FOR_PACMAN = `lock=$(pacman-conf DBPath)db.lck
is_held() { [ -n "$(find /proc/[0-9]*/fd -lname "$lock" -print 2>/dev/null)" ]; }
tries=0
while [ -e "$lock" ] && [ "$tries" -lt 150 ]; do
  if ! is_held && sleep 2 && [ -e "$lock" ] && ! is_held; then rm -f -- "$lock"; fi
  sleep 2
  tries=$((tries + 1))
done`;

function runPacman(...words: readonly string[]): Step[] {
  const quiet = ['--noconfirm', '--noprogressbar'];
  const [operation = '', ...rest] = words;
  return [runStep(['sh', '-c', WAIT_FOR_PACMAN]), runStep(['pacman', operation, ...quiet, ...rest])];
}

/**
 * Arch. Lists are never fetched: packages newer than the system they go into are a partial upgrade, which Arch does not
 * support (ArchWiki, "System maintenance"). `latest` therefore means the newest of the lists of the last full upgrade.
 * Nothing is removed that another package needs.
 */
export const pacman: PackageManager = {
  name: 'pacman',
  namePattern: /^[A-Za-z0-9_+][A-Za-z0-9@._+-]*$/,
  versionPattern: /^(?:\d+:)?[^\s/:-]+-[0-9.]+$/,
  installed: pacmanPackages,
  offers: pacmanOffers,
  upgrades: pacmanUpgrades,
  lists: undefined,
  isVersion: (version, pin) => version === pin,
  change: ({ install, upgrade }) =>
    runPacman(
      '-S',
      '--needed',
      '--',
      ...[...install, ...upgrade].map(({ name, version }) =>
        version === undefined ? name : `${name}=${version}`,
      ),
    ),
  remove: (gone) => runPacman('-R', '--', ...gone.map(({ name }) => name)),
  removals: undefined,
  keep: (kept) => [
    runStep(['sh', '-c', WAIT_FOR_PACMAN]),
    runStep(['pacman', '-D', '-q', '--asexplicit', '--', ...kept.map(({ name }) => name)]),
  ],
  repair: undefined,
  release: () => 'by taking it out of `IgnorePkg` in /etc/pacman.conf',
};
