import { type Closures, closureText } from '../../closures/closures.ts';
import { checkPart } from './check-part.ts';
import type { HealthPart } from './part.ts';

/** Named in the reason. */
const named = 5;

/** What is closed for now is meant to be; no line where nothing is. */
export async function closuresHealth(
  closures: Pick<Closures, 'current'>,
  signal: AbortSignal,
): Promise<HealthPart[]> {
  let texts: string[] = [];
  const part = await checkPart(
    'closures',
    async (bounded) => {
      texts = (await closures.current(bounded)).map(closureText);
    },
    signal,
  );
  if (part.state !== 'ok') return [part];
  if (texts.length === 0) return [];
  const more = texts.length > named ? ` and ${texts.length - named} more, see /closures` : '';
  return [{ ...part, reason: `${texts.slice(0, named).join('; ')}${more}` }];
}
