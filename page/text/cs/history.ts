import type { history as english } from '../en/history.ts';
import type { Slavic, Translation } from '../texts.ts';

export const history: Translation<typeof english, Slavic> = {};
