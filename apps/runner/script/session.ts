import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runShell, type ShellDeps, type ShellEnd } from '../process/shell.ts'

export interface ScriptTask {
  readonly script: string
  readonly prompt: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly ownFolder: string
}

/** The kernel takes no single argument or variable above 128 kB. */
const MAX_ARGUMENT_BYTES = 100_000

/** Runs the script in bash. The prompt is in ERRAND_PROMPT, and in the file ERRAND_PROMPT_FILE whatever its size. */
export async function runScript(task: ScriptTask, deps: ShellDeps): Promise<ShellEnd> {
  const promptFile = join(task.ownFolder, 'prompt.txt')
  await writeFile(promptFile, task.prompt, { mode: 0o600 })
  const isPromptSmall = Buffer.byteLength(task.prompt) <= MAX_ARGUMENT_BYTES
  if (!isPromptSmall)
    deps.recorder.note('info', 'The prompt is too long for ERRAND_PROMPT; the script finds it in $ERRAND_PROMPT_FILE.')
  const env = { ...task.env, ERRAND_PROMPT_FILE: promptFile, ...(isPromptSmall ? { ERRAND_PROMPT: task.prompt } : {}) }
  return await runShell({ step: 'agent', args: await bashArguments(task), cwd: task.cwd, env }, deps)
}

async function bashArguments({ script, ownFolder }: ScriptTask): Promise<string[]> {
  if (Buffer.byteLength(script) <= MAX_ARGUMENT_BYTES) return ['-c', script]
  const file = join(ownFolder, 'script.sh')
  await writeFile(file, script, { mode: 0o600 })
  return [file]
}
