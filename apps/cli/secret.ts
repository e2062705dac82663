import type { Cli } from './context.ts'
import { CliError, EXIT } from './exit.ts'

/**
 * A secret from standard input, or typed at a prompt that shows nothing. Never from an argument: those are visible to
 * every process of the machine and stay in the shell's history.
 */
export async function readSecret(cli: Cli, prompt: string): Promise<string> {
  const text = cli.stdin.isTTY === true ? await readHidden(cli, prompt) : await readAll(cli.stdin)
  const secret = text.replace(/\r?\n$/, '')
  if (secret === '')
    throw new CliError(EXIT.usage, 'No value was given.', 'Type it at the prompt, or send it to standard input.')
  return secret
}

export async function readAll(stdin: Cli['stdin']): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Uint8Array))
  return Buffer.concat(chunks).toString('utf8')
}

const [CTRL_C, CTRL_D, BACKSPACE, DELETE] = ['\u0003', '\u0004', '\b', '\u007f']

/** Raw mode: the terminal echoes nothing, so the keys that it would act on are ours to act on. */
async function readHidden({ stdin, process, interrupted }: Cli, prompt: string): Promise<string> {
  process.stderr.write(`${prompt}: `)
  stdin.setRawMode?.(true)
  try {
    return await new Promise((resolve, reject) => {
      let typed = ''
      const stop = () => reject(new CliError(EXIT.interrupted, 'Nothing was changed.'))
      interrupted.addEventListener('abort', stop, { once: true })
      stdin.on('data', (chunk: Buffer) => {
        for (const key of chunk.toString('utf8')) {
          if (key === CTRL_C) return stop()
          if (key === '\r' || key === '\n' || key === CTRL_D) return resolve(typed)
          if (key === BACKSPACE || key === DELETE) typed = typed.slice(0, -1)
          else typed += key
        }
      })
    })
  } finally {
    stdin.setRawMode?.(false)
    stdin.pause()
    stdin.removeAllListeners('data')
    process.stderr.write('\n')
  }
}
