import { Fault } from '@errand/contracts'
import {
  InsecureTokenEndpointError,
  IssuerMismatchError,
  OAuthError,
  RegistrationRejectedError,
} from '@modelcontextprotocol/client'

import * as z from 'zod'
import { parseJson } from '../parseJson.ts'

const LONGEST = 200

/**
 * What went wrong, for a person. Of an answer only the two fields that are made for this are repeated, cut and in plain
 * letters: the rest of a body may be anything.
 */
export function oauthWords(error: unknown): string {
  if (error instanceof Fault) return error.message
  if (error instanceof IssuerMismatchError)
    return 'The answer came from another authorization server than the one that was asked.'
  if (error instanceof InsecureTokenEndpointError) return 'Its token endpoint is not https.'
  if (error instanceof RegistrationRejectedError)
    return `It did not register a client that asked by itself (HTTP ${error.status}). ${saidIn(error.body)}`.trim()
  if (error instanceof OAuthError) return refusalWords(error.code, error.message)
  return 'Its answer was not what the protocol asks for.'
}

const errorSchema = z.looseObject({ error: z.string(), error_description: z.string().nullish() })

function saidIn(body: string): string {
  const parsed = errorSchema.safeParse(parseJson(body))
  return parsed.success ? refusalWords(parsed.data.error, parsed.data.error_description) : ''
}

/** `error` and `error_description`, as a server wrote them. */
export function refusalWords(code: string, description: string | null | undefined): string {
  const said = plain(description ?? '')
  const named = /^[a-z_]{1,60}$/.test(code) ? code : 'an error without a name'
  // A body that is no OAuth error comes as one whose text holds all of it.
  if (said === '' || said === named || said.includes('Raw body')) return `The server said ${named}.`
  return `The server said ${named}: ${said}`
}

function plain(text: string): string {
  return text
    .replace(/[^\p{L}\p{N}\p{P}\p{Zs}=+]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, LONGEST)
}
