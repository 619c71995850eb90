/** The font of reports: it has Czech and Cyrillic letters, and is embedded as far as it is used. */

import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

export type Weight = 'regular' | 'bold';

/** Beside this module, and beside the bundle when deployed: the build copies the folder. */
const fileOf = (name: string) => new URL(`./fonts/${name}.ttf`, import.meta.url);

let loaded: Promise<Record<Weight, Buffer>> | undefined;

/** The font files, read once. */
export function fontFiles(): Promise<Record<Weight, Buffer>> {
  loaded ??= readFonts().catch((error) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

async function readFonts(): Promise<Record<Weight, Buffer>> {
  const [regular, bold] = await Promise.all([
    readFile(fileOf('DejaVuSansCondensed')),
    readFile(fileOf('DejaVuSansCondensed-Bold')),
  ]);
  return { regular, bold };
}

/** Written from right to left, or in forms that depend on the neighbours: the font's letters alone do not make them. */
const joined =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** Whether reports can have a character, as far as its script goes. */
export const isSetAlone = (character: string): boolean => !joined.test(character);

let covered: ReadonlySet<number>[] | undefined;

/** The first character of a text that reports cannot have; the font files are read once. */
export function missingIn(text: string): string | undefined {
  covered ??= ['DejaVuSansCondensed', 'DejaVuSansCondensed-Bold'].map((name) =>
    coveredBy(readFileSync(fileOf(name))),
  );
  const fonts = covered;
  return [...text].find(
    (character) =>
      !isSetAlone(character) || fonts.some((font) => !font.has(character.codePointAt(0) ?? 0)),
  );
}

/** `漢 (U+6F22)` */
export const characterName = (character: string): string => `${character} (${codeOf(character)})`;

/** `U+6F22` */
export const codeOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** Code points of a TrueType font, from the part of its `cmap` that has all planes (format 12). */
function coveredBy(file: Buffer): ReadonlySet<number> {
  const points = new Set<number>();
  const cmap = tableAt(file, 'cmap');
  for (let index = 0; index < file.readUInt16BE(cmap + 2); index += 1) {
    const part = cmap + file.readUInt32BE(cmap + 4 + index * 8 + 4);
    if (file.readUInt16BE(part) !== 12) continue;
    for (let group = 0; group < file.readUInt32BE(part + 12); group += 1) {
      const at = part + 16 + group * 12;
      const last = file.readUInt32BE(at + 4);
      for (let point = file.readUInt32BE(at); point <= last; point += 1) points.add(point);
    }
  }
  return points;
}

function tableAt(file: Buffer, tag: string): number {
  for (let index = 0; index < file.readUInt16BE(4); index += 1) {
    const entry = 12 + index * 16;
    if (file.toString('latin1', entry, entry + 4) === tag) return file.readUInt32BE(entry + 8);
  }
  throw new Error(`The font has no table ${tag}`);
}
