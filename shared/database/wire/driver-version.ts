/** Which version of the driver we know by heart. */

import tedious from 'tedious/package.json' with { type: 'json' };

/** In whose places `value-reader.ts` and `driver-connection.ts` stand; pinned in package.json. */
const known = '20.3.9';

/**
 * The mended places are no interface of the driver's: another version may read values past us, and
 * numbers would lose digits in silence.
 *
 * @throws Error, which says what to do
 */
export function requireKnownDriver(version: string = tedious.version): void {
  if (version === known) return;
  throw new Error(
    `The SQL Server driver tedious is version ${version}, but exact numbers are read by a reader made for ${known}: run "npm ci", or, for an update, run test/database/wire and then name the version in shared/database/wire/driver-version.ts`,
  );
}
