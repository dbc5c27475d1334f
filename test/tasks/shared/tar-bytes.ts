/** One member of a tar archive, as an attacker would write it: nothing is checked. */
export interface Member {
  readonly name: string;
  readonly text?: string;
  /** ustar: `0` file, `1` hard link, `2` symbolic link, `3` character device, `5` directory, `6` FIFO. */
  readonly type?: '0' | '1' | '2' | '3' | '5' | '6';
  readonly target?: string;
  readonly mode?: number;
  /** What owns it, by name. */
  readonly owner?: string;
}

const BLOCK = 512;

/** A tar archive in the ustar format (POSIX.1-2024, pax). */
export function tarBytes(members: readonly Member[]): Buffer {
  return Buffer.concat([...members.flatMap(memberBlocks), Buffer.alloc(BLOCK * 2)]);
}

function memberBlocks({
  name,
  text = '',
  type = '0',
  target = '',
  mode = 0o644,
  owner = 'root',
}: Member): Buffer[] {
  const body = Buffer.from(text);
  const header = Buffer.alloc(BLOCK);
  const put = (value: string, at: number): void => void header.write(value, at);
  const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;
  put(name, 0);
  put(octal(mode, 8), 100);
  put(octal(0, 8), 108);
  put(octal(0, 8), 116);
  put(octal(body.length, 12), 124);
  put(octal(1_700_000_000, 12), 136);
  put('        ', 148);
  put(type, 156);
  put(target, 157);
  put('ustar\x0000', 257);
  put(owner, 265);
  put(owner, 297);
  put(
    octal(
      header.reduce((sum, byte) => sum + byte, 0),
      7,
    ),
    148,
  );
  return [header, body, Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK)];
}
