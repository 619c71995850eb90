/** Pages of a PDF that are written as they fill up. */

import { fontFiles, type Weight } from './fonts.ts';
import type { Alignment, LayoutDocument } from './layout.ts';
import { pageSize, points } from './page-size.ts';
import type { PrintJob } from './print-job.ts';
import { type Element, Structure } from './structure.ts';
import { Typeface } from './typeface.ts';
import { type Properties, xmpOf } from './xmp.ts';

/** Where a text stands: `x` of its left side, middle or right side by `align`, `y` of its top. */
export interface Spot {
  readonly x: number;
  readonly y: number;
  readonly align: Alignment;
}

export interface Style {
  readonly weight: Weight;
  /** In points. */
  readonly size: number;
  /** `#rrggbb`; without it black. */
  readonly color?: string;
}

/** Of areas, lines and letters: from 0 (black) to 1 (white), or `#rrggbb`. */
export type Paint = number | string;

/** Name of the total number of pages in each page's resources. */
const totalName = 'Total';
/** Before and behind what is no part of what a document says. */
const artifact = '/Artifact BMC';
const markEnd = 'EMC';
/** Room that is left for it before it is known. */
const totalDigits = '0000';

/**
 * All lengths in points, from the upper left corner of the page. What is drawn goes to the current
 * page; a page is complete, and leaves memory, when the next one begins.
 */
export class Paper {
  readonly width: number;
  readonly height: number;
  readonly margin: number;
  readonly structure: Structure;
  readonly #properties: Properties;
  #pages = 0;
  readonly #document: PDFKit.PDFDocument;
  readonly #faces: Record<Weight, Typeface>;
  /** How the number of pages is drawn, once for all pages when it is known. */
  readonly #total: PDFKit.PDFKitReference;
  readonly #totalStyle: Style;

  /** @param job when and by whom, for the properties of the file */
  static async open(layout: LayoutDocument, totalStyle: Style, job: PrintJob): Promise<Paper> {
    // Only those who print wait for it to load.
    const { default: PDFDocument } = await import('pdfkit');
    const { width, height } = pageSize(layout.page);
    const { title, language } = layout;
    const properties = { title, language, creator: 'syncboard', ...job };
    const document = new PDFDocument({
      size: [points(width), points(height)],
      margin: 0,
      pdfVersion: '1.7',
      autoFirstPage: false,
      // Its default would be one of the fonts that are not embedded.
      font: null as unknown as string,
      lang: layout.language,
      displayTitle: true,
      info: {
        Title: properties.title,
        ...(job.user === undefined ? {} : { Author: job.user }),
        Creator: properties.creator,
        CreationDate: job.printed,
      },
    });
    const files = await fontFiles();
    const faces = {
      regular: new Typeface(document, files.regular),
      bold: new Typeface(document, files.bold),
    };
    return new Paper(document, faces, layout.page, totalStyle, properties);
  }

  constructor(
    document: PDFKit.PDFDocument,
    faces: Record<Weight, Typeface>,
    page: LayoutDocument['page'],
    totalStyle: Style,
    properties: Properties,
  ) {
    const { width, height } = pageSize(page);
    this.width = points(width);
    this.height = points(height);
    this.margin = points(page.margin);
    this.#document = document;
    this.#properties = properties;
    this.structure = new Structure(document);
    this.#faces = faces;
    this.#total = document.ref({ Type: 'XObject', Subtype: 'Form' });
    this.#totalStyle = totalStyle;
  }

  /** Begun so far; the number of the current one. */
  get pages(): number {
    return this.#pages;
  }

  /** Characters that have their codes in their place, since the font does not have them. */
  get missing(): string[] {
    return [...new Set(Object.values(this.#faces).flatMap((face) => [...face.missing]))];
  }

  newPage(): void {
    const done = this.#document.page?.dictionary;
    this.#document.addPage();
    this.structure.beginPage(this.#document.page.dictionary);
    this.#pages += 1;
    // The list of pages keeps it to the end, with all that the page was.
    if (done) Object.assign(done, { data: {} });
    const { fonts, xobjects } = this.#document.page as unknown as Record<
      'fonts' | 'xobjects',
      Record<string, unknown>
    >;
    for (const face of Object.values(this.#faces)) fonts[face.id] = face.ref();
    xobjects[totalName] = this.#total;
  }

  /** In points. */
  textWidth(text: string, { weight, size }: Style): number {
    return this.#faces[weight].width(text) * size;
  }

  lineHeight({ weight, size }: Style): number {
    return this.#faces[weight].height * size;
  }

  /** A text that is none of what the report says: of a page's header or footer. */
  text(text: string, style: Style, spot: Spot): void {
    this.lines([{ ...spot, text }], style);
  }

  /** Texts that belong together. @param element what they belong to; else they are decoration */
  lines(lines: readonly (Spot & { text: string })[], style: Style, element?: Element): void {
    const shown = lines.flatMap(({ text, ...spot }) =>
      text.trimEnd() === ''
        ? []
        : [this.#shown(text, style, leftOf(spot, this.textWidth(text.trimEnd(), style)), spot.y)],
    );
    if (shown.length === 0) return;
    const isPart = element !== undefined && this.structure.isOn;
    this.#add([isPart ? this.structure.mark(element) : artifact, ...shown, markEnd]);
  }

  #add(operators: readonly string[]): void {
    this.#document.addContent(operators.join('\n'));
  }

  /** The text and the number of pages behind it, which is not known before the end. */
  textAndTotal(text: string, spot: Spot): void {
    const style = this.#totalStyle;
    const width = this.textWidth(text, style);
    const x = leftOf(spot, width + this.textWidth(totalDigits, style));
    this.text(text, style, { ...spot, x, align: 'left' });
    const total = `q 1 0 0 1 ${fixed(x + width)} ${fixed(spot.y)} cm /${totalName} Do Q`;
    this.#add([artifact, total, markEnd]);
  }

  fill(x: number, y: number, width: number, height: number, paint: Paint): void {
    const area = [x, y, width, height].map(fixed).join(' ');
    this.#add([artifact, `${painted(paint)} ${area} re f 0 g`, markEnd]);
  }

  /** A line from left to right. */
  rule(x: number, y: number, width: number, thickness: number, paint: Paint): void {
    this.fill(x, y - thickness / 2, width, thickness, paint);
  }

  /** An image whose upper left corner is given, on the current page. */
  image(bytes: Buffer, x: number, y: number, width: number, height: number, alt: string): void {
    const box = [x, this.height - y - height, x + width, this.height - y];
    const figure = this.structure.root.child('Figure', { alt, box });
    this.#add([this.structure.mark(figure)]);
    const options = { width, height, ignoreOrientation: true };
    this.#document.image(bytes, x, y, options);
    this.#add([markEnd]);
    figure.close();
  }

  /** What has been written of the file since it was last asked. */
  take(): Uint8Array | undefined {
    return this.#document.read() ?? undefined;
  }

  /** Completes the file; `take` gives the rest of it. */
  end(): void {
    const style = this.#totalStyle;
    const text = String(this.#pages);
    const face = this.#faces[style.weight];
    Object.assign(this.#total.data, {
      BBox: [0, 0, this.textWidth(text, style), this.lineHeight(style)],
      Resources: { Font: { [face.id]: face.ref() } },
    });
    this.#total.end(Buffer.from(this.#shown(text, style, 0, 0)));
    const tagged = this.structure.end();
    const { _root: catalog } = this.#document as unknown as { _root: PDFKit.PDFKitReference };
    Object.assign(catalog.data, tagged);
    const xml = xmpOf(this.#properties, tagged !== undefined);
    // Its own does not mask what means something in XML, and knows nothing of languages.
    Object.assign(this.#document, {
      endMetadata: () => {
        const metadata = this.#document.ref({ Type: 'Metadata', Subtype: 'XML' });
        Object.assign(metadata, { compress: false });
        metadata.end(Buffer.from(xml));
        Object.assign(catalog.data, { Metadata: metadata });
      },
    });
    this.#document.end();
  }

  close(): void {
    this.#document.destroy();
  }

  /** Operators that show a text whose upper left corner is given. */
  #shown(text: string, { weight, size, color }: Style, x: number, y: number): string {
    const face = this.#faces[weight];
    const base = y + face.ascent * size;
    // pdfkit turns the page over so that y grows downwards; the letters are turned back.
    const shown = `BT /${face.id} ${fixed(size)} Tf 1 0 0 -1 ${fixed(x)} ${fixed(base)} Tm ${face.encoded(text)} Tj ET`;
    return color === undefined ? shown : `${painted(color)} ${shown} 0 g`;
  }
}

function leftOf({ x, align }: Spot, width: number): number {
  if (align === 'left') return x;
  return align === 'right' ? x - width : x - width / 2;
}

/** The operator that paints so. */
function painted(paint: Paint): string {
  if (typeof paint === 'number') return `${fixed(paint)} g`;
  const parts = [1, 3, 5].map((at) => Number.parseInt(paint.slice(at, at + 2), 16) / 255);
  return `${parts.map(fixed).join(' ')} rg`;
}

/** A number as PDF takes it, which knows no exponents. */
const fixed = (value: number): string => value.toFixed(3).replace(/\.?0+$/, '');
