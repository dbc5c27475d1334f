/** What rpm takes for names and versions, and for the architecture behind a name: `glibc.i686`. */
export const RPM_NAME = /^[A-Za-z0-9_][A-Za-z0-9._+-]*$/;
export const RPM_VERSION = /^(?:\d+:)?[A-Za-z0-9._+~^]+(?:-[A-Za-z0-9._+~^]+)?$/;

/** Whether `[epoch:]version-release` is what a pin names, which may leave out the epoch and the release. */
export function isRpmVersion(version: string, pin: string): boolean {
  const found = /^(?:(\d+):)?(.+?)(?:-([^-]+))?$/.exec(version);
  const wanted = /^(?:(\d+):)?(.+?)(?:-([^-]+))?$/.exec(pin);
  if (found === null || wanted === null) return false;
  const [, epoch = '0', number, release] = found;
  const [, wantedEpoch = epoch, wantedNumber, wantedRelease = release] = wanted;
  return number === wantedNumber && release === wantedRelease && Number(epoch) === Number(wantedEpoch);
}
