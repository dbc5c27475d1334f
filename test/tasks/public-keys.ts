/** The blob of a key: its parts, each after its length. */
export function keyBlob(...parts: readonly (string | Uint8Array)[]): string {
  const sized = parts.map((part) => {
    const bytes = Buffer.from(part);
    const size = Buffer.alloc(4);
    size.writeUInt32BE(bytes.length);
    return Buffer.concat([size, bytes]);
  });
  return Buffer.concat(sized).toString('base64');
}

/** The line of an ed25519 key that is all `seed`. */
export function keyOf(seed: number, comment = ''): string {
  return `ssh-ed25519 ${keyBlob('ssh-ed25519', Buffer.alloc(32, seed))}${comment === '' ? '' : ` ${comment}`}`;
}
