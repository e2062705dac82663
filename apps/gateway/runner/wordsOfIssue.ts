import type { ZodError } from 'zod'

/** The first thing that does not fit, with the field's place: `events[3].body.tool: expected string`. */
export function wordsOfIssue({ issues }: ZodError): string {
  const issue = issues[0]
  if (issue === undefined) return 'It does not fit.'
  const place = issue.path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')
  return place === '' ? issue.message : `${place}: ${issue.message}`
}
