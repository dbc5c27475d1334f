/** An ed25519 public key line, the same for the same seed; nobody has its private half. */
export function publicKeyLine(seed: string): string {
  const field = (bytes: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const type = 'ssh-ed25519';
  const blob = Buffer.concat([field(Buffer.from(type)), field(Buffer.alloc(32, seed))]);
  return `${type} ${blob.toString('base64')}`;
}
