import { createInterface } from 'node:readline/promises'
import type { DraftInput, ServerDraft } from '@errand/domain'
import type { Cli } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { oneLine } from '../format/text.ts'
import { readSecret } from '../secret.ts'

type Values = Readonly<Record<string, string>>

/** `--set ID=VALUE`, for all but secrets. */
export function setValues({ inputs }: ServerDraft, set: readonly string[]): Values {
  return Object.fromEntries(
    set.map((pair) => {
      const [id = '', ...rest] = pair.split('=')
      const input = inputs.find((one) => one.id === id)
      if (input === undefined || rest.length === 0)
        throw new CliError(EXIT.usage, `${id} is none of its inputs.`, idsOf(inputs) || 'It has none.')
      if (input.isSecret)
        throw new CliError(
          EXIT.usage,
          `${input.label} is a secret.`,
          'Type it when it is asked for, or send it to standard input.',
        )
      return [id, rest.join('=')]
    }),
  )
}

/**
 * What is needed and was not given: asked at a terminal. Without one standard input holds the one secret, as for
 * `errand credentials add`; when what to add came that way, there is nobody to ask.
 */
export async function askForMissing(
  cli: Cli,
  { draft, values, isFromStdin }: { draft: ServerDraft; values: Values; isFromStdin: boolean },
): Promise<Values> {
  const missing = draft.inputs.filter(({ id, isRequired, value = '' }) => isRequired && (values[id] ?? value) === '')
  const secrets = missing.filter((one) => one.isSecret)
  const given: Record<string, string> = { ...values }
  if (cli.stdin.isTTY === true) {
    for (const input of missing)
      given[input.id] = await (input.isSecret ? readSecret(cli, labelOf(input)) : askLine(cli, input))
    return given
  }
  const [only] = secrets
  if (isFromStdin || missing.length > secrets.length || secrets.length > 1) {
    if (missing.length === 0) return given
    const remedy = `Give them with --set: ${idsOf(missing)}. Secrets belong into what is sent to standard input.`
    throw new CliError(EXIT.usage, `It needs ${missing.map(({ label }) => label).join(', ')}.`, remedy)
  }
  if (only !== undefined) given[only.id] = await readSecret(cli, labelOf(only))
  return given
}

async function askLine({ stdin, process, interrupted }: Cli, input: DraftInput): Promise<string> {
  const lines = createInterface({ input: stdin, output: process.stderr as NodeJS.WriteStream })
  try {
    return await lines.question(`${labelOf(input)}: `, { signal: interrupted })
  } catch (cause) {
    if (interrupted.aborted) throw new CliError(EXIT.interrupted, 'Nothing was changed.')
    throw cause
  } finally {
    lines.close()
  }
}

function labelOf({ label, help, isSecret }: DraftInput): string {
  return `${oneLine(label)}${help === undefined ? '' : ` (${oneLine(help)})`}${isSecret ? ', not shown' : ''}`
}

function idsOf(inputs: readonly DraftInput[]): string {
  return inputs.map(({ id, isSecret }) => (isSecret ? `${id} (secret)` : id)).join(', ')
}
