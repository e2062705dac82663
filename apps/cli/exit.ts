/** Exit codes of `bin/errand` (docs/cli.md): a script can act on them. */
export const EXIT = {
  /** Done; of a run: it succeeded, verified or not. */
  ok: 0,
  /** The run failed, or something broke. */
  failed: 1,
  /** The command, its input or what it names does not fit. */
  usage: 2,
  /** Errand does not answer, or does not know the token. */
  unreachable: 3,
  /** The run was cancelled. */
  cancelled: 4,
  /** Ctrl-C: the command ended, a run that it followed goes on. */
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Ends a command with words, what to do about it, and an exit code. */
export class CliError extends Error {
  readonly exit: ExitCode
  readonly remedy: string | null

  constructor(exit: ExitCode, words: string, remedy: string | null = null) {
    super(words)
    this.exit = exit
    this.remedy = remedy
  }
}
