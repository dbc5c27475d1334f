import * as z from 'zod';
import { HomelabError } from '../core/errors.js';
import type { Inventory } from '../core/host-config.js';
import { didYouMean } from '../core/nearest.js';
import type { PlacedText } from '../secrets/recipients.js';
import type { YamlDocument } from '../yaml/document.js';
import { wordProblem } from './host-values.js';
import { refuse } from './schema.js';

/** What homelab itself needs, by the word of its owner: names of hosts, each with its place. */
export interface ControllerSettings {
  /** The machine that homelab runs on, or that carries it. */
  readonly runsOn: PlacedText | undefined;
  readonly needs: readonly PlacedText[];
}

/** Nothing said. */
export const NO_CONTROLLER: ControllerSettings = { runsOn: undefined, needs: [] };

const host = z.string().superRefine(refuse(wordProblem));

/** The key `controller` of `homelab.yml`. */
export const controllerSchema = z
  .strictObject({
    runs_on: host.optional().describe('host that homelab runs on, or that carries the machine it runs on'),
    needs: z
      .union([host, z.array(host).min(1)])
      .optional()
      .describe('hosts without which it reaches nothing, e.g. a router, a VPN gateway, an access point'),
  })
  .describe('what homelab itself needs: upgraded at the very end, and only with --accept-outage controller');

/** What the key `controller` of a document says. */
export function controllerOf(
  { runs_on: runsOn, needs = [] }: z.output<typeof controllerSchema>,
  document: YamlDocument,
): ControllerSettings {
  const placed = (text: string, ...path: (string | number)[]): PlacedText => ({
    text,
    source: document.locate(['controller', ...path]),
  });
  return {
    runsOn: runsOn === undefined ? undefined : placed(runsOn, 'runs_on'),
    needs:
      typeof needs === 'string'
        ? [placed(needs, 'needs')]
        : needs.map((name, index) => placed(name, 'needs', index)),
  };
}

/** What is wrong with the names in it: `project/unknown-host`, at their places. */
export function controllerErrors(
  { runsOn, needs }: ControllerSettings,
  { hosts }: Pick<Inventory, 'hosts'>,
): HomelabError[] {
  const named = runsOn === undefined ? needs : [runsOn, ...needs];
  return named
    .filter(({ text }) => !hosts.has(text))
    .map(
      ({ text, source }) =>
        new HomelabError({
          code: 'project/unknown-host',
          message: `\`controller\` names a host "${text.slice(0, 80)}" that the inventory does not have`,
          hint: didYouMean(text, hosts.keys()) ?? 'Add it under `hosts` of the inventory.',
          source,
        }),
    );
}
