import { FLUSH, pktLine, readPktLine, sideBand } from './pktLine.ts'

export interface RefResult {
  readonly ref: string
  /** Null: updated. Else one line that git prints behind the ref. */
  readonly reason: string | null
}

/**
 * The answer to a push of which nothing is done. It has to be a `report-status` with HTTP 200: behind a bare 403 git
 * prints "Everything up-to-date". `words` are printed above it as `remote: …`.
 */
export function refusedPush(
  results: readonly RefResult[],
  { capabilities, words }: { capabilities: readonly string[]; words: string },
): Buffer {
  const lines = results.map(({ ref, reason }) =>
    pktLine(reason === null ? `ok ${ref}\n` : `ng ${ref} ${oneLine(reason)}\n`),
  )
  const report = Buffer.concat([pktLine('unpack ok\n'), ...lines, FLUSH])
  if (!capabilities.includes('side-band-64k')) return report
  return Buffer.concat([sideBand(2, Buffer.from(`${words}\n`)), sideBand(1, report), FLUSH])
}

const MAX_BYTES = 1024 * 1024

/**
 * Listens to the answer of a push while it passes, to learn what became of each ref. `results` is null when the
 * answer held no report, or was too long to keep.
 */
export function reportReader(capabilities: readonly string[]): {
  see(chunk: Buffer): void
  results(): readonly RefResult[] | null
} {
  const chunks: Buffer[] = []
  let size = 0
  return {
    see(chunk) {
      size += chunk.length
      if (size <= MAX_BYTES) chunks.push(chunk)
    },
    results() {
      if (size > MAX_BYTES) return null
      const bytes = Buffer.concat(chunks)
      return readReport(capabilities.includes('side-band-64k') ? dataBand(bytes) : bytes)
    },
  }
}

function readReport(bytes: Buffer): readonly RefResult[] | null {
  const lines = payloads(bytes).map((payload) => payload.toString().replace(/\n$/, ''))
  const [, unpack] = /^unpack (.*)$/.exec(lines[0] ?? '') ?? []
  if (unpack === undefined) return null
  return lines.slice(1).flatMap((line): RefResult[] => {
    const [, verb, ref = '', reason] = /^(ok|ng) (\S+)(?: (.*))?$/.exec(line) ?? []
    // `option …` lines of report-status-v2 say more about the ref before them.
    if (verb === undefined) return []
    return [{ ref, reason: verb === 'ok' ? null : (reason ?? unpack) }]
  })
}

function dataBand(bytes: Buffer): Buffer {
  return Buffer.concat(payloads(bytes).flatMap((payload) => (payload[0] === 1 ? [payload.subarray(1)] : [])))
}

function payloads(bytes: Buffer): Buffer[] {
  const found: Buffer[] = []
  let rest = bytes
  for (;;) {
    const line = readPktLine(rest)
    if (line.kind !== 'line') return found
    found.push(line.payload)
    rest = line.rest
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}
