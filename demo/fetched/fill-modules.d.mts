export function fillModules(folder: string): boolean;
export function modulesAreAsLocked(folder: string): boolean;
