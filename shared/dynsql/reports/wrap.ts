/** Text in lines of a limited width. */

/**
 * Text as it can be printed: composed characters, nothing that is not seen (joiners, marks of
 * direction, …), no control characters but the line feed.
 */
export const printable = (text: string): string =>
  text
    .toWellFormed()
    .normalize('NFC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is they who are replaced
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, ' ');

/** Words that belong to the number behind them, and signs, units or further digits behind one. */
const beforeNumber = /(?<=(?:^|[\s(])(?:№|§|(?:[čдkкcpс]|ul|ул|кв|стр|str|no|nr)\.)) (?=\d)/giu;
const behindNumber = /(?<=\d) (?=(?:\d{3}(?!\d)|[%‰°€$£₽]|\p{L}{1,3}[²³]?(?![\p{L}\p{N}])))/gu;

/** The text with numbers and their units tied together, so that no line ends between them. */
export const unbroken = (text: string): string =>
  text.replace(behindNumber, '\u00a0').replace(beforeNumber, '\u00a0');

/**
 * Lines no wider than `room`: broken at spaces, after a hyphen or slash between letters, and inside
 * a word only where the word alone is too wide. A line has one character at least, however wide.
 * Those that end between words end with a space, which is not seen: who hears or copies the text
 * needs it.
 *
 * @param widthOf width of a text, in the unit of `room`; the sum of its characters' widths
 */
export function wrapped(text: string, room: number, widthOf: (text: string) => number): string[] {
  const paragraphs = printable(text).split('\n');
  return paragraphs.flatMap((paragraph, index) => {
    const lines = wrappedParagraph(paragraph, room, widthOf);
    return index === paragraphs.length - 1 ? lines : [...lines.slice(0, -1), `${lines.at(-1)} `];
  });
}

function wrappedParagraph(text: string, room: number, widthOf: (text: string) => number): string[] {
  if (widthOf(text) <= room) return [text.trimEnd()];
  const lines: string[] = [];
  let line = '';
  let width = 0;
  const close = () => {
    const trimmed = line.trimEnd();
    lines.push(line === trimmed ? line : `${trimmed} `);
    line = '';
    width = 0;
  };
  const append = (part: string, partWidth: number) => {
    line += part;
    width += partWidth;
  };
  // A piece is a word, or its part up to a hyphen, with the spaces after it.
  for (const piece of text.match(/[^ ]+?(?:(?<=\p{L}[-–/])(?=\p{L})| +|$)|^ +/gu) ?? []) {
    const wordWidth = widthOf(piece.trimEnd());
    if (line !== '' && width + wordWidth > room) close();
    if (wordWidth <= room) {
      append(piece, widthOf(piece));
      continue;
    }
    for (const character of piece.trimEnd()) {
      const characterWidth = widthOf(character);
      if (line !== '' && width + characterWidth > room) close();
      append(character, characterWidth);
    }
    const spaces = piece.slice(piece.trimEnd().length);
    append(spaces, widthOf(spaces));
  }
  if (line !== '') lines.push(line.trimEnd());
  return lines;
}
