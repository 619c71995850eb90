/**
 * `npm run bench:scale -- <part>`: how far the app carries where one machine is too small. `measure`
 * counts requests to storage in a small run; `simulate` plays minutes of many companies on Flex
 * Consumption, before and now, and says what they cost. docs/scale.md has the reasons.
 */

import { commandLine } from '../shared/command-line/command-line.ts';
import { numberAboveZero } from '../shared/command-line/options.ts';
import { measure } from './scale/measure.ts';
import { tellSimulated } from './scale/tell.ts';

const { part, companies, minutes } = commandLine({
  name: 'npm run bench:scale --',
  what: 'How far the app carries: requests to storage counted, many companies simulated.',
  parts: ['measure', 'simulate'],
  options: {
    companies: { ...numberAboveZero('of measure'), default: 40 },
    minutes: { ...numberAboveZero('of measure'), default: 3 },
  },
});

if (part === 'measure') await measure(companies, minutes);
else tellSimulated();
