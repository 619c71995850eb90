/** Typed tables that an administrator has to bring up: see sql/install, `flexi`. */

import {
  bracketed,
  type ProductSchemas,
  usualSchemas,
} from '../shared/database/product-schemas.ts';
import type { Session } from '../shared/database/session.ts';

/**
 * Makes columns that wait for the right to, or for whoever had the tables, and fills their rows.
 *
 * @returns the evidences whose tables were altered
 * @throws DatabaseError, or the reason of `signal`
 */
export async function bringUpTyped(
  session: Session,
  signal: AbortSignal,
  { flexi }: ProductSchemas = usualSchemas,
): Promise<string[]> {
  const schema = bracketed(flexi);
  const due = await session.query(
    `SELECT evidence FROM ${schema}.evidence WHERE due_since IS NOT NULL ORDER BY evidence`,
    [],
    signal,
  );
  const evidences = due.map(({ evidence }) => String(evidence));
  for (const evidence of evidences) {
    const parameters = [{ name: 'evidence', type: 'nvarchar(64)', value: evidence }];
    await session.query(
      `DECLARE @outcome varchar(10); EXEC ${schema}.sp_make_shape @evidence, @outcome OUTPUT; SELECT @outcome AS outcome`,
      parameters,
      signal,
    );
    for (let more = true; more; ) {
      const [row] = await session.query(
        `DECLARE @more bit; EXEC ${schema}.sp_fill_evidence @evidence, 1000, @more OUTPUT; SELECT @more AS more`,
        parameters,
        signal,
      );
      more = row?.['more'] === true;
    }
  }
  return evidences;
}
