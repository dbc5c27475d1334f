import { labNames } from './lab-id.js';
import { addressOf } from './lab-plan.js';
import { findState, type LabState } from './lab-state.js';
import { leaderOf } from './machine-process.js';

export interface MachineStatus {
  readonly host: string;
  readonly user: string;
  readonly address: string;
  readonly port: number;
  readonly via: readonly string[];
  readonly isRunning: boolean;
}

export interface LabStatus {
  readonly id: string;
  /** `starting`: a start is going on, or was interrupted. */
  readonly phase: LabState['phase'];
  /** The controller's home directory. */
  readonly home: string;
  readonly machines: readonly MachineStatus[];
}

/** What a lab consists of and which machines run; undefined where there is none. @throws HomelabError `lab/bad-id` */
export function labStatus(id: string): LabStatus | undefined {
  const names = labNames(id);
  const state = findState(id);
  if (!state) return undefined;
  return {
    id,
    phase: state.phase,
    home: state.home,
    machines: state.plan.machines.map((machine) => ({
      host: machine.host,
      user: machine.user,
      address: addressOf(machine),
      port: machine.port,
      via: machine.via,
      isRunning: leaderOf(names, machine) !== undefined,
    })),
  };
}
