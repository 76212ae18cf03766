/** A text with hints that say `aqt <command>`, as they have to be typed where `program` starts it. */
export function asStarted(text: string, program: string): string {
  if (program === 'aqt') return text;
  return text.replace(/(?<![\w./@-])aqt (?=[a-z<-](?!\w*: ))/g, () => `${program} `);
}
