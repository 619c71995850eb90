/** Requests of the API that show something as commands: for whoever has the command line alone. */

// A line may have been broken between method and path.
const commands: readonly (readonly [request: RegExp, command: string])[] = [
  [/GET\s+\/runs\/([\w-]+)/g, 'watch $1'],
  [/GET\s+\/schedules\/([\w-]+)\/times/g, 'schedule times $1'],
  [/GET\s+\/schedules(?![\w/-])/g, 'schedules'],
  [/GET\s+\/flexibee\/([\w.-]+)/g, 'company show $1'],
  [/GET\s+\/flexibee(?![\w/-])/g, 'companies'],
  [/GET\s+\/closures(?![\w/-])/g, 'closures'],
  [/POST\s+\/acknowledgements(?![\w/-])/g, 'acknowledge'],
  [/DELETE\s+\/acknowledgements\/([\w-]+)/g, 'unacknowledge $1'],
  [/GET\s+\/acknowledgements(?![\w/-])/g, 'acknowledgements'],
  [/GET\s+\/ages(?![\w/-])/g, 'ages'],
  [/GET\s+\/audit(?![\w/-])/g, 'audit'],
  [/GET\s+\/health(?![\w/-])/g, 'health'],
  [/GET\s+\/events(?![\w/-])/g, 'events'],
];

/** Where a list is named as what to look at. */
const lists = /see \/(runs|boards|schedules|closures|acknowledgements|events)(?![\w/-])/g;

/** A request that no command makes stays as it is. */
export function inCommands(text: string): string {
  const named = text
    .replaceAll(lists, 'see syncboard $1')
    .replaceAll(/see \/flexibee(?![\w/-])/g, 'see syncboard companies');
  return commands.reduce(
    (told, [request, command]) => told.replaceAll(request, `syncboard ${command}`),
    named,
  );
}
