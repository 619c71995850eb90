export function fillModules(folder: string): boolean;
