import type { DrainHost } from '../../core/drain.js';
import { findDrains, type FoundDrain } from './bound-drain.js';
import { drainHost, type HostSurvey, type SurveyOptions } from './host-survey.js';

type SiteOptions = Pick<SurveyOptions, 'tools' | 'request' | 'signal'>;

/** How drain adapters see a guest whose machine boots: whatever else is done there, it goes down. */
export function guestSite(guest: HostSurvey, options: SiteOptions): DrainHost {
  return { ...drainHost(guest, options), work: { packages: [], reboot: 'yes' } };
}

/** How the drains of such a guest find it. Only reads. @throws HomelabError `drain/…`, `transport/…` */
export async function findForReboot(guest: HostSurvey, options: SiteOptions): Promise<readonly FoundDrain[]> {
  return findDrains(guestSite(guest, options), guest.drains);
}
