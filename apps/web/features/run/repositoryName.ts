import type { RunView } from './types.ts'

/** As people call it: `acme/app`, whatever its host. */
export function repositoryName({ url, name }: Pick<RunView['repositories'][number], 'url' | 'name'>): string {
  const path = /^(?:errand:\/\/|https?:\/\/[^/]+\/)(.+?)(?:\.git)?\/?$/.exec(url)?.[1]
  return path === undefined || path.includes('?') ? name : path
}
