import {
  type BaseArgs,
  buildCommand,
  type Command,
  type CommandBuilderArguments,
  type CommandContext,
  type StricliProcess,
} from '@stricli/core'
import type { Readable } from 'node:stream'
import type { CliConfig } from './config.ts'
import { explain } from './connection/explain.ts'
import type { ExitCode } from './exit.ts'
import type { Output } from './output.ts'

/** What a command gets as `this`. */
export interface Cli extends CommandContext {
  readonly process: StricliProcess
  readonly config: CliConfig
  readonly out: Output
  readonly stdin: Readable & { readonly isTTY?: boolean; setRawMode?(isRaw: boolean): unknown }
  /** Aborts on the first Ctrl-C; the second ends the process. */
  readonly interrupted: AbortSignal
}

type Run<FLAGS, ARGS extends BaseArgs> = (this: Cli, flags: FLAGS, ...args: ARGS) => Promise<ExitCode>
type BuilderArguments<FLAGS extends Flags<FLAGS>, ARGS extends BaseArgs> = CommandBuilderArguments<FLAGS, ARGS, Cli>
type Flags<FLAGS> = Readonly<Partial<Record<keyof FLAGS, unknown>>>

/** A command whose module is loaded only when it is called, and whose errors are said in words. */
export function command<FLAGS extends Flags<FLAGS>, ARGS extends BaseArgs>(
  load: () => Promise<Run<FLAGS, ARGS>>,
  about: NoInfer<Pick<BuilderArguments<FLAGS, ARGS>, 'docs' | 'parameters'>>,
): Command<Cli> {
  return buildCommand<FLAGS, ARGS, Cli>({
    ...about,
    loader: () =>
      Promise.resolve(async function (this: Cli, flags: FLAGS, ...args: ARGS): Promise<void> {
        try {
          const run = await load()
          this.process.exitCode = await run.call(this, flags, ...args)
        } catch (error) {
          const { lines, exit } = explain(error, this.out.paint)
          this.out.say(...lines)
          this.process.exitCode = exit
        }
      }),
  })
}
