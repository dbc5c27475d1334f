/**
 * The name systemd gives the unit that mounts a path when it is entered, systemd.unit(5) "String Escaping for Inclusion in Unit Names"; undefined
 * where it would be too long for one.
 */
export function automountUnit(path: string): string | undefined {
  return unitOf(path, 'automount');
}

/** The name of the unit that mounts a path; undefined where it would be too long for one. */
export function mountUnit(path: string): string | undefined {
  return unitOf(path, 'mount');
}

function unitOf(path: string, suffix: 'automount' | 'mount'): string | undefined {
  const escaped = path === '/' ? '-' : escapePath(path.slice(1));
  const unit = `${escaped}.${suffix}`;
  return unit.length > 255 ? undefined : unit;
}

function escapePath(path: string): string {
  return [...Buffer.from(path, 'utf8')]
    .map((byte, index) => {
      const character = String.fromCharCode(byte);
      if (character === '/') return '-';
      const isPlain = /[A-Za-z0-9:_.]/.test(character) && !(index === 0 && character === '.');
      return isPlain ? character : `\\x${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
}
