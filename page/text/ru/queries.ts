import type { queries as english } from '../en/queries.ts';
import type { Slavic, Translation } from '../texts.ts';

export const queries: Translation<typeof english, Slavic> = {};
