import { findDrains } from './bound-drain.js';
import { drainHost, type SurveyOptions } from './host-survey.js';
import type { UpgradeSession } from './upgrade-host-session.js';

interface LookOptions extends Pick<SurveyOptions, 'tools' | 'request' | 'signal'> {
  readonly onFailure: (session: UpgradeSession, thrown: unknown) => void;
}

/** Brings the surveys up to date: a leader may be another by now. Only reads. */
export async function lookAtLeaders(
  sessions: readonly UpgradeSession[],
  { onFailure, ...options }: LookOptions,
): Promise<void> {
  await Promise.all(
    sessions.map(async (session) => {
      const { survey } = session;
      if (survey === undefined || !survey.drains.some(({ definition }) => definition.isLeader)) return;
      try {
        await survey.reached.comeBack();
        const drains = await findDrains(drainHost(survey, options), survey.drains);
        session.survey = { ...survey, drains };
      } catch (thrown) {
        onFailure(session, thrown);
      }
    }),
  );
}
