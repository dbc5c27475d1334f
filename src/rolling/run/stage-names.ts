import type { Stage } from './stage.js';

const stage = (kind: string, name: string): Stage => ({ id: `upgrade/${kind}`, name, kind });
const long = (kind: string, name: string): Stage => ({ ...stage(kind, name), isLong: true });

/** The stages of every host, in their order; drains come once for each adapter. */
export const STAGES = {
  preflight: stage('preflight', 'Nothing is in the way'),
  snapshot: long('snapshot', 'Take a snapshot'),
  packages: long('packages', 'Upgrade packages'),
  restart: stage('restart', 'Restart what runs old code'),
  reboot: long('reboot', 'Reboot'),
  settled: stage('settled', 'Settled as before'),
  ready: stage('ready', 'Its services answer'),
  health: long('health', 'Healthy as seen from outside'),
  children: stage('children', 'What is behind it is reached'),
  guests: stage('guests', 'What runs on it serves as before'),
  soak: stage('soak', 'Stays so for a while'),
  rollback: long('rollback', 'Go back to what was'),
} as const;

/** The stage that moves work away. */
export function drainStage(label: string): Stage {
  return { id: `upgrade/drain-${slug(label)}`, name: `Drain ${label}`, kind: 'drain', isLong: true };
}

/** The stage that brings it back. */
export function undrainStage(label: string): Stage {
  return { id: `upgrade/undrain-${slug(label)}`, name: `Undrain ${label}`, kind: 'undrain' };
}

/** The stage that waits until it serves as it was found to. */
export function servingStage(label: string): Stage {
  return { id: `upgrade/serving-${slug(label)}`, name: `${label} serves as before`, kind: 'ready' };
}

function slug(label: string): string {
  return label.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}
