/** The same text without the one that it was cut from: V8 keeps the whole of a text of which a part is kept. */
export function ownText(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
