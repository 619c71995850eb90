import type { board as english } from '../en/board.ts';
import type { Slavic, Translation } from '../texts.ts';

export const board: Translation<typeof english, Slavic> = {};
