import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { say } from '../text/say.ts';
import { found } from './find.ts';
import { go } from './router.ts';

/** Finds runs by their ids, data sources and entities by their names. `/` leads here from anywhere. */
export function Search() {
  const input = useRef<HTMLInputElement>(null);
  const text = useSignal('');
  const isOpen = useSignal(false);
  const active = useSignal(0);
  const places = isOpen.value ? found(text.value) : [];
  const isNone = isOpen.value && text.value.trim() !== '' && places.length === 0;

  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const { target } = event;
      const isTyping = target instanceof Element && target.closest('input, textarea, select');
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    document.addEventListener('keydown', focus);
    return () => document.removeEventListener('keydown', focus);
  }, []);

  const leave = () => {
    isOpen.value = false;
    text.value = '';
    input.current?.blur();
  };
  const keys = (event: KeyboardEvent) => {
    const last = places.length - 1;
    if (event.key === 'Escape') leave();
    else if (event.key === 'ArrowDown') active.value = Math.min(last, active.value + 1);
    else if (event.key === 'ArrowUp') active.value = Math.max(0, active.value - 1);
    else if (event.key === 'Enter') {
      const chosen = places[active.value];
      if (chosen === undefined) return;
      go(chosen.href);
      leave();
    } else return;
    event.preventDefault();
  };

  return (
    <search class="search">
      <input
        ref={input}
        type="text"
        role="combobox"
        placeholder={say('shell.search')}
        aria-label={say('shell.searchLabel')}
        aria-expanded={places.length > 0}
        aria-controls="found"
        aria-autocomplete="list"
        aria-keyshortcuts="/"
        {...(places.length > 0 && { 'aria-activedescendant': `found-${active.value}` })}
        autoComplete="off"
        spellcheck={false}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          active.value = 0;
          isOpen.value = true;
        }}
        onKeyDown={keys}
        onBlur={() => {
          isOpen.value = false;
        }}
      />
      <span class="key" aria-hidden="true">
        /
      </span>
      <div
        id="found"
        role="listbox"
        aria-label={say('shell.searchLabel')}
        hidden={places.length === 0}
      >
        {places.map(({ href, title, more }, index) => (
          <div
            key={href}
            id={`found-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active.value}
            onMouseDown={(event) => {
              event.preventDefault();
              go(href);
              leave();
            }}
          >
            <span>{title}</span>
            <small>{more}</small>
          </div>
        ))}
      </div>
      {/* There before its words are: whoever listens is told them when they come. */}
      <p class={isNone ? 'found-none' : 'unseen'} role="status">
        {isNone && say('shell.foundNone')}
        {places.length > 0 && say('shell.found', { count: places.length })}
      </p>
    </search>
  );
}
