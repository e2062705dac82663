import type { Answer } from '@errand/contracts'
import { connect } from '../connection/errand.ts'
import type { Cli } from '../context.ts'
import { CliError, EXIT, type ExitCode } from '../exit.ts'
import { oneLine } from '../format/text.ts'
import { readAll } from '../secret.ts'
import { findRun } from './runs.ts'

interface AnswerFlags {
  readonly note: string | undefined
  readonly question: string | undefined
}

/** Answers what a run waits for. With one question open there is no need to name it. */
export async function answer(this: Cli, flags: AnswerFlags, id: string, word: Answer): Promise<ExitCode> {
  const { api, ...errand } = connect(this.config)
  const runId = await findRun({ api, ...errand }, id)
  const questionId = flags.question ?? (await onlyQuestion())
  const note = flags.note === undefined ? {} : { note: flags.note }
  await api.runs.answer.mutate({ runId, questionId, answer: word, ...note })
  this.out.say(word === 'deny' ? 'Denied.' : 'Allowed: the run goes on.')
  return EXIT.ok

  async function onlyQuestion(): Promise<string> {
    const { questions } = (await api.runs.get.query({ runId })).state
    const [first, ...others] = questions
    if (first === undefined) throw new CliError(EXIT.usage, 'The run asks nothing at the moment.')
    if (others.length === 0) return first.id
    const lines = questions.map(
      (one) =>
        `--question ${one.id}  ${oneLine(one.kind === 'host' ? one.host : one.kind === 'sign-in' ? `sign-in with ${one.server}` : one.target)}`,
    )
    throw new CliError(EXIT.usage, 'The run asks more than one thing; say which you mean.', lines.join('\n'))
  }
}

interface NoteFlags {
  readonly now: boolean
  readonly nextTurn: boolean
}

/** Tells the agent of a run something. */
export async function note(this: Cli, flags: NoteFlags, id: string, given: string): Promise<ExitCode> {
  if (flags.now && flags.nextTurn) throw new CliError(EXIT.usage, '--now and --next-turn contradict each other.')
  const errand = connect(this.config)
  const runId = await findRun(errand, id)
  const text = given === '-' ? await readAll(this.stdin) : given
  const when = flags.nextTurn ? 'next-turn' : 'after-step'
  const { noteId } = await errand.api.runs.sendNote.mutate({ runId, text, when })
  this.out.print(noteId)
  this.out.say(
    this.out.paint.dim(when === 'after-step' ? 'It is read after the current step.' : 'It begins the next turn.'),
  )
  return EXIT.ok
}
