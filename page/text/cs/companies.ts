import type { companies as english } from '../en/companies.ts';
import type { Slavic, Translation } from '../texts.ts';

export const companies: Translation<typeof english, Slavic> = {};
