/** Variables of the environment that hold a secret, or the way to one. */
export const SECRET_VARIABLES: readonly string[] = [
  'HOMELAB_BECOME_PASSWORD',
  'HOMELAB_LOGIN_PASSWORD',
  'HOMELAB_AGE_IDENTITY',
  'HOMELAB_AGE_IDENTITY_FILE',
  // Of systemd: the folder of a unit's credentials.
  'CREDENTIALS_DIRECTORY',
];

/** An environment as another program may see it: without {@link SECRET_VARIABLES}. */
export function environmentForPrograms(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !SECRET_VARIABLES.includes(name)));
}
