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

/** The stage that moves work away: of the host itself, or of a guest of it. */
export function drainStage(label: string, guest?: string): Stage {
  return { ...drainKind('drain', label, guest), name: `Drain ${where(label, guest)}`, isLong: true };
}

/** The stage that brings it back. */
export function undrainStage(label: string, guest?: string): Stage {
  return { ...drainKind('undrain', label, guest), name: `Undrain ${where(label, guest)}` };
}

/** The stage that waits until it serves as it was found to. */
export function servingStage(label: string, guest?: string): Stage {
  const name = `${where(label, guest)} serves as before`;
  return { ...drainKind('serving', label, guest), name, kind: 'ready' };
}

function drainKind(kind: string, label: string, guest: string | undefined): Omit<Stage, 'name'> {
  return { id: `upgrade/${kind}-${slug(label)}${guest === undefined ? '' : `@${guest}`}`, kind };
}

function where(label: string, guest: string | undefined): string {
  return guest === undefined ? label : `${label} on ${guest}`;
}

function slug(label: string): string {
  return label.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}
