import { join } from 'node:path';
import { createTransport } from '../../transport/create-transport.js';
import type { HomelabTransport } from '../../transport/homelab-transport.js';
import { askHidden } from './ask-person.js';
import { ProjectCommand, type OpenProject } from './project-command.js';

/** The flags of every command that connects. */
export interface ConnectionFlagValues {
  readonly 'ssh-config'?: string | undefined;
  readonly 'accept-new'?: boolean;
  readonly concurrency?: number | undefined;
}

interface ConnectOptions {
  readonly flags: ConnectionFlagValues;
}

/** Hosts at work at the same time, where nobody says. */
const DEFAULT_CONCURRENCY = 20;

/** A command that connects to hosts. */
export abstract class ConnectingCommand extends ProjectCommand {
  protected connect(project: OpenProject, { flags }: ConnectOptions): HomelabTransport {
    return createTransport({
      inventory: project.inventory,
      projectKnownHosts: join(project.dir, 'inventory', 'known_hosts'),
      sshConfigFile: flags['ssh-config'] ?? project.settings.sshConfig,
      timings: this.timings,
      acceptNew: flags['accept-new'] ?? false,
      askSecret: (question) => this.pauseFor(() => askHidden(question)),
    });
  }

  protected concurrency({ settings }: OpenProject, flags: ConnectionFlagValues): number {
    return flags.concurrency ?? settings.concurrency ?? DEFAULT_CONCURRENCY;
  }
}
