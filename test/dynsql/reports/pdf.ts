/** A small reader of the PDFs that we print: it checks their structure and gives their text back. */

import assert from 'node:assert/strict';
import { inflateSync } from 'node:zlib';

export interface PdfText {
  readonly text: string;
  readonly font: string;
  readonly size: number;
  /** Red, green and blue from 0 to 1, where it is not black. */
  readonly color?: string;
  /** Of the left end of the base line, from the upper left corner of the page; in points. */
  readonly x: number;
  readonly y: number;
}
export interface PdfPage {
  readonly texts: readonly PdfText[];
  /** Texts with the same base line joined by ` | `, from the top down. */
  readonly lines: readonly string[];
  readonly width: number;
  readonly height: number;
}
export interface Pdf {
  readonly pages: readonly PdfPage[];
  /** Names of the embedded fonts. */
  readonly fonts: readonly string[];
}

interface PdfObject {
  readonly dictionary: string;
  readonly stream: Buffer | undefined;
}

/** Fails where a PDF's table of objects, references or lengths are not right. */
export function readPdf(bytes: Buffer): Pdf {
  const objects = readObjects(bytes);
  const object = (reference: string | undefined): PdfObject => {
    const found = objects.get(Number(reference));
    assert.ok(found, `object ${reference}`);
    return found;
  };
  const inner = (dictionary: string, key: string) =>
    new RegExp(`/${key} (?:<<([^>]*)>>|(\\d+) 0 R)`).exec(dictionary);
  const follow = (dictionary: string, key: string): PdfObject =>
    object(inner(dictionary, key)?.[2]);

  const fontNames = new Set<string>();
  const readFonts = (resources: string) => {
    const fonts = new Map<string, (hex: string) => string>();
    for (const [, id = '', reference] of inner(resources, 'Font')?.[1]?.matchAll(
      /\/(\w+) (\d+) 0 R/g,
    ) ?? []) {
      const font = object(reference);
      fontNames.add(/\/BaseFont \/(\S+)/.exec(font.dictionary)?.[1] ?? '');
      const descendant = object(/\/DescendantFonts \[(\d+) 0 R\]/.exec(font.dictionary)?.[1]);
      const descriptor = follow(descendant.dictionary, 'FontDescriptor');
      assert.ok(follow(descriptor.dictionary, 'FontFile2').stream?.length, 'font file');
      fonts.set(id, decoder(follow(font.dictionary, 'ToUnicode')));
    }
    return fonts;
  };
  const readTexts = (content: PdfObject, resources: string, x: number, y: number): PdfText[] => {
    const fonts = readFonts(resources);
    const operators =
      /(?:(\S+ \S+ \S+) rg )?BT \/(\w+) (\S+) Tf 1 0 0 -1 (\S+) (\S+) Tm <(\w+)> Tj ET|q 1 0 0 1 (\S+) (\S+) cm \/(\w+) Do Q/g;
    const stream = content.stream?.toString('latin1') ?? '';
    return [...stream.matchAll(operators)].flatMap(
      ([, color, font = '', size, left, base, hex = '', formX, formY, form]) => {
        if (form === undefined) {
          // A line that ends between words has a space at its end.
          const text = fonts.get(font)?.(hex).trimEnd() ?? '';
          const at = { size: Number(size), x: x + Number(left), y: y + Number(base) };
          return [{ text, font, ...at, ...(color === undefined ? {} : { color }) }];
        }
        const reference = inner(resources, 'XObject')?.[1];
        const drawn = follow(`/${form} ${/\d+ 0 R/.exec(reference ?? '')?.[0]}`, form);
        const own = /\/Resources (<<[\s\S]*>>)\n/.exec(drawn.dictionary)?.[1] ?? '';
        return readTexts(drawn, own, x + Number(formX), y + Number(formY));
      },
    );
  };

  const trailer = /trailer\n([\s\S]*?)startxref/.exec(bytes.toString('latin1'))?.[1] ?? '';
  const list = follow(follow(trailer, 'Root').dictionary, 'Pages').dictionary;
  const kids = [...(/\/Kids \[([^\]]*)\]/.exec(list)?.[1]?.matchAll(/(\d+) 0 R/g) ?? [])];
  assert.equal(Number(/\/Count (\d+)/.exec(list)?.[1]), kids.length);
  const pages = kids.map(([, reference]) => {
    const { dictionary } = object(reference);
    const [, width, height] = /\/MediaBox \[0 0 (\S+) (\S+)\]/.exec(dictionary) ?? [];
    const resources = follow(dictionary, 'Resources').dictionary;
    const texts = readTexts(follow(dictionary, 'Contents'), resources, 0, 0);
    return { texts, lines: linesOf(texts), width: Number(width), height: Number(height) };
  });
  return { pages, fonts: [...fontNames].sort() };
}

/** What a test of the structure reads of a file. */
export interface PdfObjects {
  dictionary(id: number): string;
  readonly catalog: string;
  readonly metadata: string;
  /** Of each page: what is drawn, and the elements that its marks belong to. */
  readonly contents: readonly string[];
  readonly parents: readonly (readonly number[])[];
}

export function readPdfObjects(bytes: Buffer): PdfObjects {
  const objects = readObjects(bytes);
  const object = (id: number) => objects.get(id) ?? assert.fail(`object ${id}`);
  const referred = (text: string, key: string) =>
    object(Number(new RegExp(`/${key} (\\d+) 0 R`).exec(text)?.[1]));
  const trailer = /trailer\n([\s\S]*?)startxref/.exec(bytes.toString('latin1'))?.[1] ?? '';
  const { dictionary: catalog } = referred(trailer, 'Root');
  const ids = (text: string) => [...text.matchAll(/(\d+) 0 R/g)].map(([, id]) => Number(id));
  const [, kids = ''] = /\/Kids \[([^\]]*)\]/.exec(referred(catalog, 'Pages').dictionary) ?? [];
  const pages = ids(kids).map((id) => object(id).dictionary);
  const tree = /StructTreeRoot/.test(catalog) ? referred(catalog, 'StructTreeRoot').dictionary : '';
  const parents = tree === '' ? [] : ids(referred(tree, 'ParentTree').dictionary);
  return {
    dictionary: (id) => object(id).dictionary,
    catalog,
    metadata: referred(catalog, 'Metadata').stream?.toString() ?? '',
    contents: pages.map((page) => referred(page, 'Contents').stream?.toString('latin1') ?? ''),
    parents: parents.map((id) => ids(object(id).dictionary)),
  };
}

/** Every object of the file, each where the cross-reference table says. */
function readObjects(bytes: Buffer): Map<number, PdfObject> {
  const text = bytes.toString('latin1');
  assert.match(text, /^%PDF-1\.7\n/);
  const start = Number(/startxref\n(\d+)\n%%EOF\s*$/.exec(text)?.[1]);
  const table = text.slice(start);
  assert.match(table, /^xref\n0 \d+\n/);
  const entries = [...table.matchAll(/^(\d{10}) (\d{5}) ([nf]) $/gm)].slice(1);
  return new Map(
    entries.map(([, offset], index) => [index + 1, readObject(bytes, Number(offset), index + 1)]),
  );
}

function readObject(bytes: Buffer, offset: number, id: number): PdfObject {
  const header = `${id} 0 obj\n`;
  assert.equal(bytes.toString('latin1', offset, offset + header.length), header);
  const begin = offset + header.length;
  const end = bytes.indexOf('endobj', begin);
  const streamAt = bytes.indexOf('\nstream\n', begin);
  if (streamAt === -1 || streamAt > end) {
    return { dictionary: bytes.toString('latin1', begin, end), stream: undefined };
  }
  const dictionary = `${bytes.toString('latin1', begin, streamAt)}\n`;
  const from = streamAt + '\nstream\n'.length;
  const to = from + Number(/\/Length (\d+)/.exec(dictionary)?.[1]);
  assert.equal(bytes.toString('latin1', to, to + 18), '\nendstream\nendobj\n'.slice(0, 18));
  const raw = bytes.subarray(from, to);
  return { dictionary, stream: /\/FlateDecode/.test(dictionary) ? inflateSync(raw) : raw };
}

/** By the font's ToUnicode map, as a reader copies text. */
function decoder({ stream }: PdfObject): (hex: string) => string {
  const map = new Map<number, string>();
  const ranges = /<(\w{4})> <\w{4}> \[([^\]]*)\]/g;
  for (const [, from = '', list = ''] of stream?.toString('latin1').matchAll(ranges) ?? []) {
    [...list.matchAll(/<([^>]*)>/g)].forEach(([, codes = ''], index) => {
      const units = codes.split(' ').map((code) => Number.parseInt(code, 16));
      map.set(Number.parseInt(from, 16) + index, String.fromCharCode(...units));
    });
  }
  return (hex) =>
    (hex.match(/.{4}/g) ?? []).map((code) => map.get(Number.parseInt(code, 16))).join('');
}

function linesOf(texts: readonly PdfText[]): string[] {
  const lines = new Map<string, PdfText[]>();
  for (const text of texts) {
    const key = text.y.toFixed(1);
    lines.set(key, [...(lines.get(key) ?? []), text]);
  }
  return [...lines]
    .sort(([one], [other]) => Number(one) - Number(other))
    .map(([, line]) =>
      line
        .sort((one, other) => one.x - other.x)
        .map(({ text }) => text)
        .join(' | '),
    );
}
