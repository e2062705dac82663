import type { Filled, HostedDraft } from '@errand/domain'

const STARTERS = { npm: 'npx', pypi: 'uvx', oci: 'docker run' } as const

/** The command as a person would type it, for reading: it is started from its words, never by a shell. */
export function commandLine(spec: HostedDraft, filled: Filled): string {
  const args = filled.kind === 'filled' && filled.spec.type === 'hosted' ? filled.spec.args : spec.args.flat()
  const program = spec.package.bin ?? spec.package.name
  return [STARTERS[spec.package.registry], program, ...args].map(quoted).join(' ')
}

function quoted(word: string): string {
  return word.includes(' ') && word !== STARTERS.oci ? `'${word}'` : word
}
