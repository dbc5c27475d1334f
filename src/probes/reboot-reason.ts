import { newerKernel } from '../core/kernel-release.js';
import type { RebootMarks } from './reboot-marks.js';

/** Packages that are named as a reason. */
const MOST_NAMED = 5;

/**
 * Why a host has to be booted anew, `needed: …` or `needed by …`; undefined where it has not. That nothing asks for it does not
 * prove it: so kernels are compared as well. A container has the kernel of its host, and only obeys what its own packages ask.
 */
export function rebootReason(marks: RebootMarks): string | undefined {
  const { isAsked, askedBy, isContainer, runningKernel, kernels } = marks;
  if (isAsked) return askedBy.length === 0 ? 'needed' : `needed by ${named(askedBy)}`;
  if (isContainer) return undefined;
  const newer = newerKernel(runningKernel, kernels);
  if (newer !== undefined) return `needed: the kernel ${newer} is installed, ${runningKernel} runs`;
  if (marks.lacksModules) return `needed: the modules of the kernel that runs, ${runningKernel}, are gone`;
  const [part] = marks.nixosParts;
  if (part !== undefined) return `needed: the ${part} of the system is another than was booted`;
  if (marks.isNeededByDnf === true) return 'needed: needs-restarting says so';
  if (marks.isNeededByZypper) return 'needed: zypper says so';
  return marks.isNeededByNeedrestart ? 'needed: needrestart knows of a newer kernel or its parts' : undefined;
}

function named(packages: readonly string[]): string {
  const more = packages.length - MOST_NAMED;
  return packages.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
