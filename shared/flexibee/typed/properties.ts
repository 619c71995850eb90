/** What an evidence's records are made of, as `properties.json` tells it. */

import { z } from 'zod';

export interface Property {
  name: string;
  /** In FlexiBee's words: string, integer, numeric, logic, date, datetime, select, relation. */
  type: string;
  /** Letters of a text; absent: as many as there are. */
  maxLength?: number;
  /** Of a number: all its digits, and those after the point. */
  digits?: number;
  decimal?: number;
  /** Of a relation: the evidence that it leads to. */
  target?: string;
  /** Czech, for people. */
  title?: string;
}

export interface EvidenceProperties {
  /** Of the evidence, Czech, for people. */
  title?: string;
  properties: Property[];
}

/** A count on the wire is a text; one that is out of its range tells nothing. */
const count = (least: number, most: number) =>
  z.coerce.number().pipe(z.int().min(least).max(most)).optional().catch(undefined);

/** A column's name has 128 letters, some of which tell the kind. */
const name = z.string().regex(/^[^\s\p{Cc}"\\]{1,100}$/u);

const property = z
  .object({
    propertyName: name,
    type: z.string(),
    maxLength: count(1, 2_147_483_647),
    digits: count(1, 38),
    decimal: count(0, 38),
    fkEvidencePath: z.string().optional().catch(undefined),
    title: z.string().optional().catch(undefined),
    name: z.string().optional().catch(undefined),
  })
  .transform((wire): Property => {
    const { propertyName, type, maxLength, digits, decimal, fkEvidencePath } = wire;
    const title = wire.title ?? wire.name;
    const hasScale = decimal !== undefined && decimal <= (digits ?? 19);
    return {
      name: propertyName,
      type,
      ...(maxLength !== undefined && { maxLength }),
      ...(digits !== undefined && { digits }),
      ...(hasScale && { decimal }),
      ...(fkEvidencePath !== undefined && { target: fkEvidencePath }),
      ...(title !== undefined && { title }),
    };
  });

/** One that cannot be a column is left out: it stays in the mirror's JSON. */
function usable(listed: readonly unknown[]): Property[] {
  const found = new Map<string, Property>();
  for (const one of listed) {
    const { data } = property.safeParse(one);
    if (data !== undefined && !found.has(data.name)) found.set(data.name, data);
  }
  return [...found.values()];
}

/** The answer of `<evidence>/properties.json`. */
export const propertiesAnswer: z.ZodType<EvidenceProperties> = z
  .object({
    properties: z.object({
      evidenceName: z.string().optional().catch(undefined),
      property: z.union([z.array(z.unknown()), z.looseObject({})]),
    }),
  })
  .transform(({ properties: { evidenceName, property: listed } }) => ({
    ...(evidenceName !== undefined && { title: evidenceName }),
    properties: usable(Array.isArray(listed) ? listed : [listed]),
  }));
