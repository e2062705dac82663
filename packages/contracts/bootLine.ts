/** Standard input ended before a line did: whoever started us died before it could say what to do. */
export class NoBootLine extends Error {}

const LINE_FEED = 10

/**
 * Reads the boot line, the first line of standard input, as JSON: the only way a token comes into a sandbox, so it is in no
 * environment, no argument list and no file. Whoever reads it checks its form by hand: a schema library would cost half of
 * the start-up time, and the line comes from the executor that started this very process.
 */
export async function readBootLine(
  input: AsyncIterable<Uint8Array>,
  { maxBytes }: { readonly maxBytes: number },
): Promise<unknown> {
  const decoder = new TextDecoder()
  let line = ''
  let bytes = 0
  for await (const chunk of input) {
    const end = chunk.indexOf(LINE_FEED)
    if (end >= 0) return parse(line + decoder.decode(chunk.subarray(0, end)))
    line += decoder.decode(chunk, { stream: true })
    bytes += chunk.length
    if (bytes > maxBytes) throw new Error('the boot line is longer than a boot line may be')
  }
  throw new NoBootLine('no boot line came on standard input')
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    // The parser's own words quote the line, and the line holds the token.
    throw new Error('the boot line is not JSON')
  }
}
