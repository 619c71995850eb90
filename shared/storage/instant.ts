import { z } from 'zod';

/** A point in time as we write it: ISO 8601 in UTC, `2019-07-31T10:00:00.000Z`. */
export const instantSchema = z.iso
  .datetime()
  .meta({ id: 'Instant', description: 'ISO 8601 in UTC', examples: ['2019-07-31T10:00:00.000Z'] });
