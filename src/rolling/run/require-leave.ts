import type { FoundDrain } from './bound-drain.js';
import { drainHost, votesOf, type HostSurvey, type SurveyOptions } from './host-survey.js';
import { mustStay } from './upgrade-failures.js';

interface LeaveOptions extends Pick<SurveyOptions, 'tools' | 'request' | 'signal'> {
  /** Of the host itself. */
  readonly drains: readonly FoundDrain[];
  /** What goes down with it: a quorum does not care why it lost somebody. */
  readonly guests: readonly HostSurvey[];
}

/** Asks those who know whether the host may go away now. Only reads. @throws HomelabError `rolling/must-stay`, `drain/…` */
export async function requireLeave(survey: HostSurvey, options: LeaveOptions): Promise<void> {
  const { name } = survey.host;
  for (const guest of options.guests) {
    await guest.reached.comeBack();
    await requireLeaveOf(guest, votesOf(guest), { ...options, name });
  }
  await requireLeaveOf(survey, options.drains, { ...options, name });
}

async function requireLeaveOf(
  survey: HostSurvey,
  drains: readonly FoundDrain[],
  { name, ...options }: LeaveOptions & { readonly name: string },
): Promise<void> {
  const site = drainHost(survey, options);
  for (const { label, definition, params, found } of drains) {
    const reason = await definition.refuses?.(site, params, found);
    if (reason !== undefined)
      throw mustStay(name, site.name === name ? label : `${label} on ${site.name}`, reason);
  }
}
