/** The scripts of sql/install for a database in which the product's schemas have other names. */

import { createHash } from 'node:crypto';
import {
  bracketed,
  type ProductSchemas,
  usualSchemas,
} from '../shared/database/product-schemas.ts';
import type { Script } from './scripts.ts';

/** Where a schema is named, each with how: in brackets, as code has it, or bare, as a text. */
const places: readonly [place: RegExp, write: (name: string) => string][] = [
  // `crude.flexibee_record`, in code and in texts that become code; no part of a longer name.
  [/(?<![\w@$#\].[/-])(?<schema>crude|flexi)(?=\.[\w'@])/g, bracketed],
  [/(?<=CREATE SCHEMA )(?<schema>crude|flexi)\b/g, bracketed],
  // Takes a name as code has it.
  [/(?<=HAS_PERMS_BY_NAME\(N')(?<schema>crude|flexi)(?=')/g, bracketed],
  // A text that is the name and nothing else.
  [/(?<=(?<!HAS_PERMS_BY_NAME\()N'+)(?<schema>crude|flexi)(?=')/g, (name) => name],
];

/**
 * The same scripts with these names in place of the usual ones. An apostrophe cannot be in them: it
 * would end the texts that the scripts make statements of, and the catalogue allows none.
 */
export function inSchemas(scripts: readonly Script[], schemas: ProductSchemas): Script[] {
  const isUsual = schemas.crude === usualSchemas.crude && schemas.flexi === usualSchemas.flexi;
  if (isUsual) return [...scripts];
  return scripts.map((script) => {
    const batches = script.batches.map((batch) => ({
      ...batch,
      text: renamed(batch.text, schemas),
    }));
    const texts = JSON.stringify(batches.map(({ text }) => text));
    const isSame = texts === JSON.stringify(script.batches.map(({ text }) => text));
    // Another content is another script: a base that has had it under other names is told so.
    const sha256 = isSame
      ? script.sha256
      : createHash('sha256').update(`${script.sha256} ${texts}`).digest('hex');
    return { ...script, batches, sha256 };
  });
}

/** All at once: the name of one may be the usual one of the other. */
function renamed(text: string, schemas: ProductSchemas): string {
  const found = places.flatMap(([place, write]) =>
    Array.from(text.matchAll(place), ({ index, groups }) => {
      const usual = groups?.['schema'] as keyof ProductSchemas;
      return { index, end: index + usual.length, name: write(schemas[usual]) };
    }),
  );
  let written = '';
  let from = 0;
  for (const { index, end, name } of found.sort((one, other) => one.index - other.index)) {
    written += text.slice(from, index) + name;
    from = end;
  }
  return written + text.slice(from);
}
