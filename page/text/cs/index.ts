import { board } from './board.ts';
import { companies } from './companies.ts';
import { history } from './history.ts';
import { now } from './now.ts';
import { queries } from './queries.ts';
import { runs } from './runs.ts';
import { said } from './said.ts';
import { shell } from './shell.ts';
import { signIn } from './sign-in.ts';
import { state } from './state.ts';

export const texts = {
  shell,
  signIn,
  state,
  now,
  board,
  runs,
  history,
  companies,
  queries,
  said,
} as const;
