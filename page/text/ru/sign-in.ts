import type { signIn as english } from '../en/sign-in.ts';
import type { Slavic, Translation } from '../texts.ts';

export const signIn: Translation<typeof english, Slavic> = {
  title: 'Вход',
  byAccount: 'Войти с учётной записью',
  orToken: 'Или с токеном:',
  token: 'Токен',
  tokenHelp: 'Хранится до закрытия этой вкладки, больше нигде.',
  user: 'Ваше имя',
  userHelp: 'Записывается у того, что вы запускаете, чтобы другие видели.',
  enter: 'Войти',
  needed: 'Нужен токен.',
  unknown: 'Этот токен неизвестен или просрочен.',
  mayNotRead: 'С этим токеном нельзя смотреть: у него нет роли read.',
};
