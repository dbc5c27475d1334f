/** What stands for the rest of a text that was cut. */
const REST = '…';

/**
 * `text` as `escape` writes its characters, cut between two of them where it would be longer than `most`, which counts UTF-16
 * units of what is written. Control characters but the line end are left out: chats refuse them, or show them as nothing.
 */
export function fit(
  text: string,
  most: number,
  escape: (character: string) => string = (character) => character,
): string {
  let written = '';
  // Where it would be cut, so that the mark has room.
  let cutAt = 0;
  for (const character of plain(text)) {
    const next = escape(character);
    if (written.length + next.length > most) return written.slice(0, cutAt) + REST;
    written += next;
    if (written.length <= most - REST.length) cutAt = written.length;
  }
  return written;
}

/** `text` in one line without control characters, for a title. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
}

function plain(text: string): string {
  return text.replaceAll(/(?!\n)\p{Cc}/gu, '').replaceAll(/\p{Cs}/gu, '\uFFFD');
}
