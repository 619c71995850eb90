/** Puts the translator's parts together. */

import { type Environment, Translation, type TranslationRules } from './context.ts';
import { translateExpression } from './expression.ts';
import { translateQuery } from './select.ts';

const rules: TranslationRules = { query: translateQuery, expression: translateExpression };

/** A translation of one statement. `inline`: for DDL, which takes no parameters. */
export const newTranslation = (environment: Environment, inline = false) =>
  new Translation(environment, rules, inline);
