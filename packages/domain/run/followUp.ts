import type { ChangeComment } from '@errand/contracts'
import { titleOf } from './title.ts'

interface FollowUpPrompt {
  readonly text: string
  readonly comments: readonly ChangeComment[]
  /** What the first run of the chain was asked. */
  readonly task: string
  /** Repositories whose work is checked out; empty when the earlier run pushed none. */
  readonly continued: readonly string[]
  /** What is left of the longest prompt for the earlier task. */
  readonly maxTaskChars: number
}

/**
 * What the next run is asked: first what the person wants, in their words, so that it also names the run; then each
 * comment with its place; last what it goes on with.
 */
export function followUpPrompt({ text, comments, task, continued, maxTaskChars }: FollowUpPrompt): string {
  const wish = text.trim()
  const heading = `Address ${comments.length === 1 ? 'the comment' : `${comments.length} comments`} on: ${titleOf(task)}`
  const severalRepositories = new Set(comments.map(({ repository }) => repository)).size > 1
  const parts = [
    wish === '' ? heading : wish,
    ...(comments.length === 0 ? [] : ['Comments on the changes so far:']),
    ...comments.map((comment) => commentText(comment, severalRepositories)),
    `---\n${contextOf(continued)} Its task was:`,
    shortened(task, maxTaskChars),
  ]
  return parts.join('\n\n')
}

function contextOf(continued: readonly string[]): string {
  return continued.length === 0
    ? 'This follows an earlier run, which left no work on a branch.'
    : `This goes on with the work of an earlier run, which is checked out in ${continued.join(', ')}.`
}

function commentText({ repository, path, line, side, quote, text }: ChangeComment, withRepository: boolean): string {
  const file = withRepository ? `${path} in ${repository}` : path
  const place = line === null ? file : `${file}, line ${line}${side === 'old' ? ' before the change' : ''}`
  return [`${place}:`, ...(quote === '' ? [] : [`> ${quote}`]), text].join('\n')
}

function shortened(task: string, maxChars: number): string {
  return task.length <= maxChars ? task : `${task.slice(0, Math.max(0, maxChars - 1)).toWellFormed()}…`
}
