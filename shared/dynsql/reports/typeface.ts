/** An embedded font, character by character. */

import { codeOf, isSetAlone } from './fonts.ts';

/** What we use of a font that pdfkit has opened; it has no types for it. */
interface EmbeddedFont {
  readonly id: string;
  /** In thousandths of the font's size. */
  readonly ascender: number;
  readonly descender: number;
  /** Glyphs in hexadecimal, and how far each moves on, in thousandths of the font's size. */
  encode(text: string): [string[], { xAdvance: number }[]];
  /** The font's object in the file. */
  ref(): PDFKit.PDFKitReference;
}

interface Glyphs {
  readonly hex: string;
  /** In thousandths of the font's size. */
  readonly width: number;
}

/** Glyph 0, which a font shows for what it does not have. */
const notThere = '0000';

/**
 * Measures and encodes text by a table of the characters met so far. pdfkit's own ways lay out every
 * word anew, which takes 70 ms a page, or keep every word, which takes 0.3 MB a page.
 */
export class Typeface {
  readonly #font: EmbeddedFont;
  readonly #glyphs = new Map<string, Glyphs>();
  /** What was to be shown and has its code in its place: `[U+6F22]`. */
  readonly missing = new Set<string>();

  constructor(document: PDFKit.PDFDocument, file: Buffer) {
    // The buffer as the font, and the font just opened: neither is in pdfkit's types.
    document.font(file as unknown as string);
    this.#font = (document as unknown as { _font: EmbeddedFont })._font;
  }

  /** Name of the font in a page's resources. */
  get id(): string {
    return this.#font.id;
  }

  ref(): PDFKit.PDFKitReference {
    return this.#font.ref();
  }

  /** From the top of a line to where its letters stand, of a font of size 1. */
  get ascent(): number {
    return this.#font.ascender / 1000;
  }

  /** Of a line, of a font of size 1. */
  get height(): number {
    return (this.#font.ascender - this.#font.descender) / 1000;
  }

  /** Width of a text in a font of size 1. */
  width(text: string): number {
    let width = 0;
    for (const character of text) width += this.#glyphsOf(character).width;
    return width / 1000;
  }

  /** The text as an operand of Tj: `<002a0007>`. */
  encoded(text: string): string {
    let hex = '';
    for (const character of text) hex += this.#glyphsOf(character).hex;
    return `<${hex}>`;
  }

  #glyphsOf(character: string): Glyphs {
    const known = this.#glyphs.get(character);
    if (known !== undefined) return known;
    const [codes, positions] = this.#font.encode(character);
    const isMissing = codes.includes(notThere) || !isSetAlone(character);
    if (isMissing) this.missing.add(character);
    const glyphs = isMissing
      ? this.#glyphsOfText(`[${codeOf(character)}]`)
      : {
          hex: codes.join(''),
          width: positions.reduce((sum, { xAdvance }) => sum + xAdvance, 0),
        };
    this.#glyphs.set(character, glyphs);
    return glyphs;
  }

  #glyphsOfText(text: string): Glyphs {
    const parts = [...text].map((one) => this.#glyphsOf(one));
    const width = parts.reduce((sum, part) => sum + part.width, 0);
    return { hex: parts.map(({ hex }) => hex).join(''), width };
  }
}
