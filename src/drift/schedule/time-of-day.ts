const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const FULL = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** `03:30`, `daily 03:30`, `Sun 03:00`, `Mon..Fri 03:00`, `Sat,Sun 3:00` for systemd and for cron; undefined: it is none. */
export function parseTimeOfDay(text: string): { calendar: string; cron: string } | undefined {
  const [, written = 'daily', hour = '', minute = ''] = /^(?:(\S+)\s+)?(\d{1,2}):(\d{2})$/.exec(text) ?? [];
  const days = daysIn(written.toLowerCase());
  if (hour === '' || Number(hour) > 23 || Number(minute) > 59 || days === undefined) return undefined;
  const isDaily = days.length === DAYS.length;
  const names = isDaily ? '' : `${days.map((day) => DAYS[day]).join(',')} `;
  return {
    calendar: `${names}*-*-* ${hour.padStart(2, '0')}:${minute}:00`,
    cron: `${Number(minute)} ${Number(hour)} * * ${isDaily ? '*' : days.join(',')}`,
  };
}

/** Days by number, Sunday being 0, each once; undefined where one is none. */
function daysIn(text: string): number[] | undefined {
  if (text === 'daily') return DAYS.map((_, day) => day);
  const found = text.split(',').map((part) => {
    const [from, to, ...more] = part.split(/\.\.|-/).map(dayNumber);
    if (from === undefined || more.length > 0) return undefined;
    if (!/\.\.|-/.test(part)) return [from];
    return to === undefined ? undefined : daysFrom(from, to);
  });
  if (found.includes(undefined)) return undefined;
  return [...new Set(found.flatMap((days) => days ?? []))].toSorted((a, b) => a - b);
}

function daysFrom(from: number, to: number): number[] {
  const count = ((to - from + DAYS.length) % DAYS.length) + 1;
  return Array.from({ length: count }, (_, index) => (from + index) % DAYS.length);
}

function dayNumber(word: string): number | undefined {
  const index = word.length < 3 ? -1 : FULL.findIndex((name) => name === word || name.slice(0, 3) === word);
  return index === -1 ? undefined : index;
}
