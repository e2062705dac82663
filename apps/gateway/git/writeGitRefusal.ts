import type { ServerResponse } from 'node:http'
import { FAULTS, type Fault } from '@errand/contracts'
import type { GitRequest } from './gitRequest.ts'
import { FLUSH, pktLine } from './pktLine.ts'
import { refusedPush } from './reportStatus.ts'
import type { PushCommands } from './pushCommands.ts'

/**
 * Says no in the form that makes git print the reason: plain text for an advertisement (`remote: …`), an ERR packet
 * for a fetch under way, a report for a push of which the commands are known.
 */
export function writeGitRefusal(
  response: ServerResponse,
  fault: Fault,
  about: { readonly request: GitRequest; readonly push?: PushCommands | undefined } | null = null,
): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  if (about === null || about.request.step === 'advertise') {
    writeGitText(response, {
      status: statusOf(fault),
      text: `${sentence(fault)}\n${FAULTS[fault.code].remedy}`,
      code: fault.code,
    })
    return
  }
  if (about.request.operation === 'fetch') {
    write(response, {
      status: 200,
      type: 'application/x-git-upload-pack-result',
      body: pktLine(`ERR ${sentence(fault)} ${FAULTS[fault.code].remedy}`),
      code: fault.code,
    })
    return
  }
  const { updates, capabilities } = about.push ?? { updates: [], capabilities: [] }
  const reason = fault.detail ?? FAULTS[fault.code].words
  writePushReport(
    response,
    refusedPush(
      updates.map(({ ref }) => ({ ref, reason })),
      { capabilities, words: `${sentence(fault)}\n${FAULTS[fault.code].remedy}` },
    ),
  )
}

export function writePushReport(response: ServerResponse, report: Buffer): void {
  write(response, {
    status: 200,
    type: 'application/x-git-receive-pack-result',
    body: report.length === 0 ? FLUSH : report,
  })
}

export function writeGitText(
  response: ServerResponse,
  { status, text, code }: { readonly status: number; readonly text: string; readonly code?: string },
): void {
  write(response, {
    status,
    type: 'text/plain; charset=utf-8',
    body: Buffer.from(`${text}\n`),
    ...(code === undefined ? {} : { code }),
  })
}

/** git-lfs prints `message`; 501 tells it not to try again. */
export function writeLfsRefusal(response: ServerResponse): void {
  const message = 'LFS is not supported yet: Errand carries git itself, not the files that LFS keeps beside it.'
  write(response, { status: 501, type: 'application/vnd.git-lfs+json', body: Buffer.from(JSON.stringify({ message })) })
}

/** A 401 would make git ask for a password that nobody has. */
function statusOf({ code }: Fault): number {
  const { http } = FAULTS[code]
  return http === 401 ? 403 : http
}

function sentence({ code, detail }: Fault): string {
  return detail === undefined ? FAULTS[code].words : `${FAULTS[code].words} ${detail}`
}

function write(
  response: ServerResponse,
  { status, type, body, code }: { status: number; type: string; body: Buffer; code?: string },
): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': body.length,
    'cache-control': 'no-cache',
    ...(code === undefined ? {} : { 'x-errand-fault': code }),
  })
  response.end(body)
}
