import type { HostedView } from './types.ts'

/** What a hosted server is doing, for its page. */
export const HOSTED_WORDS: Readonly<Record<HostedView['state'], string>> = {
  waiting: 'About to start',
  installing: 'Installing its package',
  starting: 'Starting',
  running: 'Running',
  stopped: 'Asleep; starts with the first call',
  failed: 'Failed',
}

/** It is on its way: the page looks more often. */
export function isComing(hosted: HostedView | null): boolean {
  return hosted !== null && (hosted.state === 'waiting' || hosted.state === 'installing' || hosted.state === 'starting')
}

/** A digest in place of a version is known by its beginning. */
export function packageWords({ name, version }: { readonly name: string; readonly version: string }): string {
  const [, digest] = /^sha256:([0-9a-f]{16})/.exec(version) ?? []
  return `${name} ${digest === undefined ? version : `sha256:${digest}…`}`
}
