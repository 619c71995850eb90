import {
  type Acknowledgement,
  acknowledgementOf,
  type Trouble,
} from '../../acknowledgements/acknowledgements.ts';
import type { HealthPart } from './part.ts';

/** Named in the reason. */
const named = 5;

/**
 * A part with its troubles: all are told, those that somebody knows of are marked and worry nobody.
 *
 * @param part as it was found; one that could not be looked at stays as it is
 * @param see where to read more
 */
export function withTroubles(
  part: HealthPart,
  troubles: readonly Trouble[],
  acknowledgements: readonly Acknowledgement[],
  see: string,
): HealthPart {
  if (part.state !== 'ok' || troubles.length === 0) return part;
  const known = troubles.map((trouble) => acknowledgementOf(trouble, acknowledgements));
  const texts = troubles.map((trouble, index) => textOf(trouble, known[index]));
  const acknowledged = known.filter((one) => one !== undefined).length;
  // What nobody knows of is told first.
  const order = texts.map((text, index) => ({ text, isKnown: known[index] !== undefined }));
  const told = order.toSorted((a, b) => Number(a.isKnown) - Number(b.isKnown));
  const shown = told.slice(0, named).map(({ text }) => text);
  const more = told.length > named ? ` and ${told.length - named} more` : '';
  return {
    ...part,
    state: acknowledged === troubles.length ? 'ok' : 'degraded',
    reason: `${shown.join(', ')}${more}, see ${see}`,
    ...(acknowledged > 0 && { acknowledged }),
  };
}

function textOf({ subject, what }: Trouble, known: Acknowledgement | undefined): string {
  const name = subject.replace('/', ', ');
  const note = known === undefined ? '' : ` (acknowledged until ${known.until}: ${known.note})`;
  return `${name}: ${what}${note}`;
}
