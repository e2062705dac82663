import { Fault } from '@errand/contracts'
import type { ZodType } from 'zod'
import type { Call } from '../call.ts'
import { parseJson } from '../parseJson.ts'
import { readBody } from '../readBody.ts'
import { wordsOfIssue } from '../runner/wordsOfIssue.ts'

/** A report of fifty addresses takes a third of it. */
const MAX_BODY_BYTES = 64 * 1024

/** What a sandbox says, and in the call's line which one. Its uid stays out of it: that is its ticket. */
export async function readSandboxBody<T extends { readonly name: string }>(call: Call, schema: ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(parseJson((await readBody(call.body, MAX_BODY_BYTES)).toString()))
  if (!parsed.success) throw new Fault('input.invalid', wordsOfIssue(parsed.error))
  call.fields['sandbox'] = parsed.data.name
  return parsed.data
}
