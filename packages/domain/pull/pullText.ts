import { type Changes, type Evidence, MAX_PULL_TITLE, type Verdict } from '@errand/contracts'
import { titleOf } from '../run/title.ts'

interface Told {
  readonly prompt: string
  readonly sentence: string | null
  readonly verdict: Verdict | null
  readonly evidence: Pick<Evidence, 'command' | 'exitCode' | 'ms'> | null
  readonly changes: Pick<Changes, 'commits' | 'files' | 'added' | 'removed'>
  /** The run's permanent address. */
  readonly runUrl: string
}

/** What hosts read from a commit or a description: `git interpret-trailers` finds the run by it. */
export const RUN_TRAILER = 'Errand-Run'

/** A pull request as a run would have it worded. A person reads and changes it before it goes out. */
export function pullText(told: Told): { readonly title: string; readonly body: string } {
  const title = cut(titleOf(told.prompt))
  const parts = [
    ...(told.sentence === null || told.sentence.trim() === '' ? [] : [quiet(told.sentence.trim())]),
    proofOf(told),
    changedOf(told.changes),
    `${RUN_TRAILER}: ${told.runUrl}`,
  ]
  return { title, body: `${parts.join('\n\n')}\n` }
}

function proofOf({ verdict, evidence }: Told): string {
  if (evidence === null) return '**Not checked:** the run had no verify command.'
  const { command, exitCode, ms } = evidence
  const ran = `${codeOf(command)} ended with ${exitCode} after ${secondsOf(ms)}`
  return verdict === 'verified' ? `**Verified:** ${ran}.` : `**Check failed:** ${ran}.`
}

function changedOf({ commits, files, added, removed }: Told['changes']): string {
  return `**Changes:** +${added} −${removed} in ${counted(files, 'file')}, ${counted(commits, 'commit')}.`
}

/** The agent's words call nobody and close nothing: `@name` and `fixes #1` would, on the host. */
function quiet(words: string): string {
  return words.replaceAll(/([@#])(?=\w)/g, '$1\u200b').replaceAll('<!--', '<\u200b!--')
}

/** Code that may hold backticks and lines of its own. */
function codeOf(command: string): string {
  const line = command.trim().split('\n')[0] ?? ''
  const isLonger = line !== command.trim()
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const space = longest > 0 ? ' ' : ''
  return `${fence}${space}${line}${isLonger ? ' …' : ''}${space}${fence}`
}

function secondsOf(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function cut(title: string): string {
  return title.length <= MAX_PULL_TITLE ? title : `${title.slice(0, MAX_PULL_TITLE - 1).toWellFormed()}…`
}
