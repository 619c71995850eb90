import type { signIn as english } from '../en/sign-in.ts';
import type { Slavic, Translation } from '../texts.ts';

export const signIn: Translation<typeof english, Slavic> = {
  title: 'Přihlášení',
  byAccount: 'Přihlásit se účtem',
  orToken: 'Nebo tokenem:',
  token: 'Token',
  tokenHelp: 'Uchová se do zavření této karty, nikde jinde.',
  user: 'Vaše jméno',
  userHelp: 'Uvede se u toho, co spustíte, aby to ostatní viděli.',
  enter: 'Přihlásit se',
  needed: 'Je třeba token.',
  unknown: 'Tento token není známý nebo vypršel.',
  mayNotRead: 'S tímto tokenem se nelze dívat: nemá roli read.',
};
