/** Requests of the API that show something as commands: for whoever has the command line alone. */

// A line may have been broken between method and path.
const commands: readonly (readonly [request: RegExp, command: string])[] = [
  [/GET\s+\/runs\/([\w-]+)/g, 'watch $1'],
  [/GET\s+\/schedules\/([\w-]+)\/times/g, 'schedule times $1'],
  [/GET\s+\/schedules(?![\w/-])/g, 'schedules'],
  [/GET\s+\/flexibee\/([\w.-]+)/g, 'company show $1'],
  [/GET\s+\/flexibee(?![\w/-])/g, 'companies'],
  [/GET\s+\/closures(?![\w/-])/g, 'closures'],
  [/GET\s+\/events(?![\w/-])/g, 'events'],
];

/** A request that no command makes stays as it is. */
export function inCommands(text: string): string {
  return commands.reduce(
    (told, [request, command]) => told.replaceAll(request, `syncboard ${command}`),
    text,
  );
}
