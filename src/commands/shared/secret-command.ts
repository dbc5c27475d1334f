import { resolve } from 'node:path';
import { displayPath, findProject } from '../../inventory/project.js';
import { loadSettings, type Settings } from '../../inventory/settings.js';
import { readRecipients } from '../../secrets/recipients.js';
import type { SecretOpener } from '../../secrets/secret-opener.js';
import { askHidden } from './ask-person.js';
import { HomelabCommand, type Screen } from './base-command.js';
import { createOpener } from './create-opener.js';
import { projectFlags } from './flags.js';

/** The flags of commands that encrypt or open: they read the settings of a project and no inventory. */
export const secretFlags = {
  project: projectFlags.project,
  debug: projectFlags.debug,
  'no-color': projectFlags['no-color'],
};

interface SecretFlagValues {
  readonly project?: string | undefined;
  readonly json?: boolean | undefined;
  readonly debug?: boolean;
  readonly 'no-color'?: boolean;
}

/** What such a command works with. */
export interface SecretProject {
  /** Absolute. */
  readonly dir: string;
  readonly settings: Settings;
  readonly screen: Screen;
  readonly opener: SecretOpener;
}

/** A command about what a project has encrypted. */
export abstract class SecretCommand extends HomelabCommand {
  /** @throws HomelabError, HomelabErrors `project/…`, `yaml/…` */
  protected async openSecrets(flags: SecretFlagValues): Promise<SecretProject> {
    const { project, json = false, debug = false, 'no-color': noColor = false } = flags;
    const screen = await this.screen({ json, debug, 'no-color': noColor });
    const dir = findProject(process.cwd(), project);
    this.projectDir = dir;
    const settings = loadSettings(dir);
    return { dir, settings, screen, opener: createOpener(settings, askHidden) };
  }

  /** Whom the project encrypts for. @throws HomelabErrors `secret/no-recipients`, `secret/bad-recipient` */
  protected recipients({ settings, dir }: SecretProject): Promise<readonly string[]> {
    return readRecipients(settings.recipients, dir);
  }

  /** A file given on the command line: its absolute path, and how it is named to the user. */
  protected namedFile(
    { dir }: SecretProject,
    file: string,
  ): { readonly path: string; readonly shown: string } {
    const path = resolve(file);
    return { path, shown: displayPath(dir, path) };
  }
}
