import { Fault, type FaultCode } from '@errand/contracts'
import { formatAuthority, formatRepositoryAddress, type RepositoryAddress } from '@errand/domain'
import type { GitCredential } from './askRemote.ts'
import { discard, type GitAnswer } from './gitAnswer.ts'
import type { GitRequest } from './gitRequest.ts'

const MAX_WORDS = 500

/**
 * What a person has to know when the host of a repository says no: whose fault it is and what to do. Reads the
 * host's own words, if it sent any as plain text.
 */
export async function upstreamRefusal(
  answer: GitAnswer,
  { request, credential }: { readonly request: GitRequest; readonly credential: GitCredential | null },
): Promise<Fault> {
  const said = await plainWords(answer)
  const quoted = said === '' ? '' : ` It says: “${said}”`
  return new Fault(codeOf(answer.status, credential), `${explanation(answer.status, request, credential)}${quoted}`)
}

function codeOf(status: number, credential: GitCredential | null): FaultCode {
  if (status === 404) return 'repository.not-found'
  if (status !== 401 && status !== 403) return 'upstream.rejected'
  return credential === null ? 'repository.credential-missing' : 'repository.credential-refused'
}

function explanation(status: number, { address, operation }: GitRequest, credential: GitCredential | null): string {
  const name = formatRepositoryAddress(address)
  const host = hostOf(address)
  switch (status) {
    case 401:
      return credential === null
        ? `${host} asks for a credential and none is set for it: \`errand credentials add\`.`
        : `${host} refused the credential “${credential.name}” (HTTP 401): check it with \`errand credentials test ${credential.name}\`.`
    case 403:
      return credential === null
        ? `${host} does not allow ${operation} of ${name} without a credential, and none is set for it: \`errand credentials add\`.`
        : `${host} does not allow the credential “${credential.name}” to ${operation} ${name} (HTTP 403).`
    case 404:
      return credential === null
        ? `${name} does not exist on ${host}, or is not public, and no credential is set for the host.`
        : `${name} does not exist on ${host}, or the credential “${credential.name}” may not see it.`
    default:
      return `${host} answered HTTP ${status} for ${name}.`
  }
}

function hostOf(address: RepositoryAddress): string {
  return address.kind === 'local' ? 'Errand' : formatAuthority(address.target).replace(/:443$/, '')
}

/** One line at most; a page of HTML says nothing here. */
async function plainWords(answer: GitAnswer): Promise<string> {
  const { headers, body } = answer
  const isPlain =
    headers['content-type']?.startsWith('text/plain') === true && headers['content-encoding'] === undefined
  let text = ''
  if (isPlain) {
    for await (const chunk of body) {
      text += String(chunk)
      if (text.length > MAX_WORDS) break
    }
  }
  discard(answer)
  return text
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, MAX_WORDS)
}
