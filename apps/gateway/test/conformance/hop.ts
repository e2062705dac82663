import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { buffer } from 'node:stream/consumers'
import type { oauthBench } from '../support/oauthBench.ts'

const REDIRECT = 'http://localhost:3999/oauth/callback'
const DOCUMENT = 'https://conformance-test.local/client-metadata.json'
const MOST_TRIES = 4

type Bench = ReturnType<typeof oauthBench>

/** Forwards calls with the token of the credential engine; where a person is needed, signs in as a browser would. */
export function signedHop(bench: Bench, url: string) {
  const { oauth, which } = bench

  const signIn = async () => {
    const { address } = await oauth.begin({ ...which, redirectUri: REDIRECT, documentUrl: DOCUMENT, by: 'ada' })
    const answer = await fetch(address, { redirect: 'manual' })
    await bench.comeBack(new URL(answer.headers.get('location') ?? REDIRECT, address))
    await oauth.finish(which)
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request)
    let given = await oauth.accessToken(which).catch(() => null)
    for (let tried = 1; ; tried++) {
      const answer = await fetch(url, {
        method: request.method ?? 'POST',
        headers: sentOn(request, given?.token.reveal()),
        body: body.length === 0 ? null : body,
      })
      if ((answer.status !== 401 && answer.status !== 403) || tried === MOST_TRIES) return passOn(answer, response)
      const token = given?.token ?? null
      const again = await oauth.refused({ ...which, token, answer }).catch(() => null)
      if (again === null) await signIn()
      given = again ?? (await oauth.accessToken(which))
    }
  }
}

function sentOn({ headers }: IncomingMessage, token: string | undefined): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => /^(accept|content-type|mcp-|last-event-id)/.test(name))
  const sent = Object.fromEntries(kept.map(([name, value]) => [name, String(value)]))
  return token === undefined ? sent : { ...sent, authorization: `Bearer ${token}` }
}

async function passOn(answer: Response, response: ServerResponse): Promise<void> {
  const headers = [...answer.headers].filter(([name]) => /^(content-type|mcp-|www-authenticate)/.test(name))
  response.writeHead(answer.status, Object.fromEntries(headers))
  if (answer.body === null) response.end()
  else await pipeline(answer.body, response)
}
