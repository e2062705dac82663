import { Fault } from '@errand/contracts'
import type * as z from 'zod'

/** What a schema refused, as the fault that names the field. */
export function inputFault(error: z.ZodError): Fault {
  return new Fault('input.invalid', error.issues.slice(0, 5).map(words).join('; '))
}

function words(issue: z.core.$ZodIssue): string {
  const place = issue.path.map(String).join('.')
  return place === '' ? issue.message : `${place}: ${issue.message}`
}
