import { HomelabError } from '../../core/errors.js';
import type { SshdSettings } from '../../render/sshd-config.js';
import { sshdKeyword } from '../../render/sshd-keywords.js';
import type { SshdLine, SshdReport } from '../../probes/sshd-configs.js';
import { reportedName } from './sshd-params.js';

/** Settings, what they come to on the host, and what they would come to if they stood alone. */
export interface SshdEffect {
  readonly settings: SshdSettings;
  readonly effective: SshdReport;
  readonly alone: SshdReport;
  /** The file that holds the settings. */
  readonly file: string;
}

/** A keyword with its value as a person writes it. */
export function wantedValues(settings: SshdSettings): [keyword: string, value: string][] {
  return Object.entries(settings).map(([name, value]) => {
    const separator = sshdKeyword(name)?.several === ',' ? ',' : ' ';
    if (typeof value === 'boolean') return [name.toLowerCase(), value ? 'yes' : 'no'];
    return [name.toLowerCase(), typeof value === 'object' ? value.join(separator) : String(value)];
  });
}

/**
 * Keyword to its effective value: as it is wanted where it comes to the same, else as sshd tells it, null where it tells
 * nothing.
 */
export function observedValues(effect: SshdEffect): [keyword: string, value: string | null][] {
  return wantedValues(effect.settings).map(([keyword, wanted]) => {
    const found = told(effect.effective, keyword);
    return [keyword, found !== undefined && found === told(effect.alone, keyword) ? wanted : (found ?? null)];
  });
}

/** What a report says of a keyword. Some keywords `-T` leaves out: then what the first line says counts. */
function told({ values, lines }: SshdReport, keyword: string): string | undefined {
  const name = reportedName(keyword);
  const isOfKeyword = (line: SshdLine): boolean => reportedName(line.keyword) === name;
  return values?.get(name)?.join(' ') ?? lines.find(isOfKeyword)?.value;
}

/**
 * Refuses settings that another file overrules: sshd takes the first value of a keyword, and adds those of some.
 * @throws HomelabError `task/overruled` with file and line
 */
export function refuseOverruled(effect: SshdEffect): void {
  for (const [keyword, observed] of observedValues(effect)) {
    const wanted = wantedValues(effect.settings).find(([name]) => name === keyword)?.[1];
    if (observed === wanted) continue;
    const other = effect.effective.lines.find(
      (line) => reportedName(line.keyword) === reportedName(keyword) && line.file !== effect.file,
    );
    if (other !== undefined) throw overruled(keyword, other, effect.file);
  }
}

function overruled(keyword: string, { file, line, value }: SshdLine, ours: string): HomelabError {
  const known = sshdKeyword(keyword);
  const name = known?.name ?? keyword;
  const isAdding = known?.isAccumulating === true;
  return new HomelabError({
    code: 'task/overruled',
    message: isAdding
      ? `${file} line ${line} adds to what ${ours} says: ${name} ${value}`
      : `${file} line ${line} comes before what ${ours} says: ${name} ${value}`,
    hint: isAdding
      ? `sshd adds up the ${name} of all files: take that line away, or say there what is wanted.`
      : 'sshd takes the first value that it reads: take that line away, or give `file` a name that sorts before.',
  });
}
