/** A word as it was typed. */
export function text(brief: string, placeholder: string) {
  return { brief, placeholder, parse: String } as const
}

/** A flag with a word, that may be left out. */
export function flag(brief: string, placeholder: string) {
  return { kind: 'parsed', parse: String, optional: true, brief, placeholder } as const
}

export const json = {
  kind: 'boolean',
  default: false,
  withNegated: false,
  brief: 'JSON lines for programs (docs/cli.md)',
} as const

export const runId = text('Id of a run, or as much of it as tells it from the others', 'run-id')
